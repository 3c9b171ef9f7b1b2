package io.gatepool.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorReserveTest {

    @ParameterizedTest
    @CsvSource({"20,16", "64,16", "100,36", "256,192", "1024,768", "4096,3072", "20000,18976", "1048576,1047552"})
    void aQuarterIsKeptWithinBounds(long descriptors, long most) {
        assertThat(new DescriptorReserve(descriptors).most()).isEqualTo(most);
    }

    @Test
    void allAddressesRestWhileItIsReachedTheLateOnesToo() {
        DescriptorReserve limit = new DescriptorReserve(20);
        EmbeddedChannel early = new EmbeddedChannel();
        limit.listens(early);
        List<EmbeddedChannel> clients = new ArrayList<>();
        for (long client = 0; client < limit.most(); client++) {
            assertThat(early.config().isAutoRead()).isTrue();
            clients.add(new EmbeddedChannel());
            limit.opened(clients.get(clients.size() - 1));
        }
        EmbeddedChannel late = new EmbeddedChannel();
        limit.listens(late);
        assertThat(limit.isFull()).isTrue();
        assertThat(early.config().isAutoRead()).isFalse();
        assertThat(late.config().isAutoRead()).isFalse();

        clients.get(0).close();
        assertThat(limit.isFull()).isFalse();
        assertThat(early.config().isAutoRead()).isTrue();
        assertThat(late.config().isAutoRead()).isTrue();
    }
}
