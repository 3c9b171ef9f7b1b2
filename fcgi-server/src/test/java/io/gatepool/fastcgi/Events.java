package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down what a decoder tells, one line an event, with fragments that follow each other in one stream joined: two
 * inputs mean the same if their lines are equal.
 */
final class Events implements RecordHandler {

    private final List<String> lines = new ArrayList<>();
    private final StringBuilder fragments = new StringBuilder();
    private String stream = "";

    /** The lines of the input; one that is in error ends with a line that says so. */
    static List<String> of(byte[]... pieces) {
        Events events = new Events();
        RecordDecoder decoder = new RecordDecoder(events);
        try {
            for (byte[] piece : pieces) {
                decoder.decode(Unpooled.wrappedBuffer(piece));
            }
        } catch (ProtocolException e) {
            events.line("ERROR " + e.getMessage());
        }
        return events.lines();
    }

    List<String> lines() {
        joinFragments();
        return lines;
    }

    @Override
    public void beginRequest(int requestId, int role, boolean keepConnection) {
        line("BEGIN " + requestId + " role " + role + (keepConnection ? " keep" : ""));
    }

    @Override
    public void abortRequest(int requestId) {
        line("ABORT " + requestId);
    }

    @Override
    public void endRequest(int requestId, long appStatus, int protocolStatus) {
        line("END " + requestId + " app " + appStatus + " protocol " + protocolStatus);
    }

    @Override
    public void stream(RecordType type, int requestId, ByteBuf in, int length) {
        String of = type + " " + requestId + " ";
        if (!of.equals(stream)) {
            joinFragments();
            stream = of;
        }
        fragments.append(in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void streamEnd(RecordType type, int requestId) {
        line(type + " " + requestId + " end");
    }

    @Override
    public void getValues(ByteBuf in, int length) throws ProtocolException {
        line("GET_VALUES " + NameValues.toMap(in, length));
    }

    @Override
    public void getValuesResult(ByteBuf in, int length) throws ProtocolException {
        line("GET_VALUES_RESULT " + NameValues.toMap(in, length));
    }

    @Override
    public void unknownType(int type) {
        line("UNKNOWN_TYPE " + type);
    }

    @Override
    public void unknownManagement(int type) {
        line("UNKNOWN_MANAGEMENT " + type);
    }

    void line(String line) {
        joinFragments();
        lines.add(line);
    }

    private void joinFragments() {
        if (!stream.isEmpty()) {
            lines.add(stream + fragments);
            fragments.setLength(0);
            stream = "";
        }
    }
}
