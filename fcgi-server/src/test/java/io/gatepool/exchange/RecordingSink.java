package io.gatepool.exchange;

import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A client that reads when it is told to, and what it got. */
public final class RecordingSink implements ResponseSink {

    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean writable = true;
    private boolean refuses;

    public void writable(boolean now) {
        writable = now;
    }

    /** From now on a failure is told in the protocol's own words. */
    public void refuses() {
        refuses = true;
    }

    /** {@code head 200}, {@code end 0}, {@code abort} and {@code refuse CAUSE} in order. */
    public List<String> events() {
        return events;
    }

    public byte[] body() {
        return body.toByteArray();
    }

    @Override
    public void head(ResponseHead head) {
        events.add("head " + head.status());
    }

    @Override
    public void content(ByteBuf bytes) {
        body.writeBytes(ByteBufUtil.getBytes(bytes));
        bytes.release();
    }

    @Override
    public void flush() {}

    @Override
    public void end(long appStatus) {
        events.add("end " + appStatus);
    }

    @Override
    public void abort() {
        events.add("abort");
    }

    @Override
    public boolean refuse(Cause cause) {
        if (refuses) {
            events.add("refuse " + cause);
        }
        return refuses;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }
}
