package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A web server's side of FastCGI, with KEEP_CONN and request id 1 as nginx has it. */
final class FastCgiDialect implements Dialect {

    private static final int ID = 1;

    @Override
    public byte[] get(String path, String query) {
        ByteBuf out = Unpooled.buffer();
        begin(out, "GET", path, query, "");
        RecordEncoder.streamEnd(out, RecordType.STDIN, ID);
        return ByteBufUtil.getBytes(out);
    }

    @Override
    public byte[] beginPost(String path, int length) {
        ByteBuf out = Unpooled.buffer();
        begin(out, "POST", path, "", Integer.toString(length));
        return ByteBufUtil.getBytes(out);
    }

    private static void begin(ByteBuf out, String method, String path, String query, String length) {
        RecordEncoder.beginRequest(out, ID, Role.RESPONDER, true);
        Map<String, String> params = new LinkedHashMap<>();
        params.put("REQUEST_METHOD", method);
        params.put("SCRIPT_NAME", path);
        params.put("QUERY_STRING", query);
        params.put("REQUEST_URI", path + "?" + query);
        params.put("SERVER_PROTOCOL", "HTTP/1.1");
        params.put("CONTENT_LENGTH", length);
        ByteBuf pairs = Unpooled.buffer();
        NameValues.write(pairs, params);
        RecordEncoder.stream(out, RecordType.PARAMS, ID, pairs);
        RecordEncoder.streamEnd(out, RecordType.PARAMS, ID);
    }

    @Override
    public byte[] bodyByte() {
        ByteBuf out = Unpooled.buffer();
        RecordEncoder.stream(out, RecordType.STDIN, ID, Unpooled.wrappedBuffer(new byte[] {'x'}));
        return ByteBufUtil.getBytes(out);
    }

    @Override
    public Answers answers() {
        return new Responses();
    }

    private static final class Responses implements Answers, RecordHandler {

        private final RecordDecoder decoder = new RecordDecoder(this);
        private final StringBuilder output = new StringBuilder();
        private int complete;

        @Override
        public int feed(ByteBuf in) {
            int before = complete;
            try {
                decoder.decode(in);
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
            return complete - before;
        }

        @Override
        public void stream(RecordType type, int requestId, ByteBuf in, int length) {
            output.append(in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void endRequest(int requestId, long appStatus, int protocolStatus) {
            assertThat(protocolStatus).isZero();
            assertThat(output.toString()).contains("\r\n\r\n").doesNotContain("Status: ");
            output.setLength(0);
            complete++;
        }
    }
}
