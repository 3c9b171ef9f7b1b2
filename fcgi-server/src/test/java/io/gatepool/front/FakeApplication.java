package io.gatepool.front;

import io.gatepool.exchange.Application;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes requests and keeps them; or answers at once. */
final class FakeApplication implements Application {

    final List<Exchange> opened = new ArrayList<>();
    final List<Exchange> submitted = new ArrayList<>();
    long maxBodyOverHttp = 1000;
    long maxBodyOverFastCgi = Long.MAX_VALUE;

    Consumer<Exchange> answersWith = submitted::add;

    private final String name;
    private final String mount;

    FakeApplication(String name, String mount) {
        this.name = name;
        this.mount = mount;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String mount() {
        return mount;
    }

    @Override
    public long maxBody(boolean overHttp) {
        return overHttp ? maxBodyOverHttp : maxBodyOverFastCgi;
    }

    @Override
    public long responseBuffer() {
        return 1 << 20;
    }

    @Override
    public boolean saysOverloaded() {
        return false;
    }

    @Override
    public boolean serves(Role role) {
        return role == Role.RESPONDER;
    }

    @Override
    public void opened(Exchange exchange) {
        opened.add(exchange);
    }

    @Override
    public void submit(Exchange exchange) {
        answersWith.accept(exchange);
    }
}
