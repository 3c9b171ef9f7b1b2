package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Generated sequences of records: what was put in comes out, under any fragmentation. */
class RecordSequencesTest {

    private static final int SEQUENCES = 3000;
    private static final List<RecordType> STREAMS =
            List.of(RecordType.PARAMS, RecordType.STDIN, RecordType.STDOUT, RecordType.STDERR, RecordType.DATA);
    private static final List<Role> ROLES = List.of(Role.values());
    private static final List<ProtocolStatus> STATUSES = List.of(ProtocolStatus.values());

    @Test
    void anySequenceOfRecordsSurvivesAnyFragmentation() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Sequence sequence = new Sequence(random);
            for (int i = random.nextInt(12); i > 0; i--) {
                sequence.addRaw();
            }
            check(sequence, seed, random);
        }
    }

    @Test
    void whatTheEncoderWritesTheDecoderReads() {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Sequence sequence = new Sequence(random);
            for (int i = random.nextInt(12); i > 0; i--) {
                sequence.addEncoded();
            }
            check(sequence, seed, random);
        }
    }

    private static void check(Sequence sequence, int seed, SplittableRandom random) {
        byte[] wire = ByteBufUtil.getBytes(sequence.wire);
        List<String> expected = sequence.expected.lines();
        assertThat(Events.of(wire)).as("seed %d, whole", seed).isEqualTo(expected);
        assertThat(Events.of(Wire.cut(wire, random))).as("seed %d, cut", seed).isEqualTo(expected);
        // Byte by byte costs a buffer a byte: not for the largest.
        if (wire.length < 4096) {
            assertThat(Events.of(Wire.singly(wire)))
                    .as("seed %d, byte by byte", seed)
                    .isEqualTo(expected);
        }
    }

    /** Records and, beside them, what a handler is to hear. */
    private static final class Sequence {
        final SplittableRandom random;
        final ByteBuf wire = Unpooled.buffer();
        final Events expected = new Events();

        Sequence(SplittableRandom random) {
            this.random = random;
        }

        /** A record of any type put together byte by byte, with padding and with what is to be skipped. */
        void addRaw() {
            int id = id();
            int type = random.nextInt(1, 13);
            switch (type) {
                case 1 -> {
                    int role = random.nextInt(5);
                    int flags = random.nextInt(256);
                    raw(type, id, Wire.join(new byte[] {0, (byte) role, (byte) flags, 1, 2, 3, 4, 5}, excess()));
                    expected.beginRequest(id, role, (flags & 1) != 0);
                }
                case 2 -> {
                    raw(type, id, excess());
                    expected.abortRequest(id);
                }
                case 3 -> {
                    int app = random.nextInt();
                    int status = random.nextInt(256);
                    byte[] body = {
                        (byte) (app >> 24), (byte) (app >> 16), (byte) (app >> 8), (byte) app, (byte) status, 7, 7, 7
                    };
                    raw(type, id, Wire.join(body, excess()));
                    expected.endRequest(id, app & 0xffffffffL, status);
                }
                case 4, 5, 6, 7, 8 -> {
                    byte[] content = content();
                    raw(type, id, content);
                    expectStream(type(type), id, content);
                }
                case 9, 10 -> {
                    ByteBuf pairs = Unpooled.buffer();
                    Map<String, String> map = pairs();
                    NameValues.write(pairs, map);
                    byte[] content = ByteBufUtil.getBytes(pairs);
                    if (random.nextInt(4) == 0) {
                        raw(type, id, content); // with an id it is nobody's
                    } else {
                        raw(type, 0, content);
                        expectValues(type(type), map);
                    }
                }
                case 11 -> {
                    byte[] body = content(8);
                    raw(type, 0, Wire.join(body, excess()));
                    expected.unknownType(body[0] & 0xff);
                }
                default -> {
                    int unknown = random.nextBoolean() ? 0 : random.nextInt(12, 256);
                    if (random.nextBoolean()) {
                        raw(unknown, id, excess());
                    } else {
                        raw(unknown, 0, content());
                        expected.unknownManagement(unknown);
                    }
                }
            }
        }

        /** A record, or several of a stream, by the encoder. */
        void addEncoded() {
            int id = id();
            switch (random.nextInt(9)) {
                case 0 -> {
                    Role role = ROLES.get(random.nextInt(3));
                    boolean keep = random.nextBoolean();
                    RecordEncoder.beginRequest(wire, id, role, keep);
                    expected.beginRequest(id, role.code(), keep);
                }
                case 1 -> {
                    RecordEncoder.abortRequest(wire, id);
                    expected.abortRequest(id);
                }
                case 2 -> {
                    long app = random.nextLong(1L << 32);
                    ProtocolStatus status = STATUSES.get(random.nextInt(4));
                    RecordEncoder.endRequest(wire, id, app, status);
                    expected.endRequest(id, app, status.code());
                }
                case 3, 4 -> {
                    RecordType type = STREAMS.get(random.nextInt(5));
                    byte[] content = random.nextInt(50) == 0 ? content(random.nextInt(200_000)) : content();
                    RecordEncoder.stream(wire, type, id, Unpooled.wrappedBuffer(content));
                    if (content.length > 0) {
                        expectStream(type, id, content);
                    }
                }
                case 5 -> {
                    RecordType type = STREAMS.get(random.nextInt(5));
                    RecordEncoder.streamEnd(wire, type, id);
                    expected.streamEnd(type, id);
                }
                case 6 -> {
                    int type = random.nextInt(256);
                    RecordEncoder.unknownType(wire, type);
                    expected.unknownType(type);
                }
                case 7 -> {
                    Map<String, String> names = pairs();
                    names.replaceAll((name, value) -> "");
                    RecordEncoder.getValues(wire, names.keySet().toArray(String[]::new));
                    expectValues(RecordType.GET_VALUES, names);
                }
                default -> {
                    Map<String, String> values = pairs();
                    RecordEncoder.getValuesResult(wire, values);
                    expectValues(RecordType.GET_VALUES_RESULT, values);
                }
            }
        }

        private void raw(int type, int id, byte[] content) {
            int padding = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(8);
            wire.writeBytes(Wire.record(type, id, content, padding));
        }

        private void expectStream(RecordType type, int id, byte[] content) {
            if (content.length == 0) {
                expected.streamEnd(type, id);
            } else {
                expected.stream(type, id, Unpooled.wrappedBuffer(content), content.length);
            }
        }

        private void expectValues(RecordType type, Map<String, String> values) {
            expected.line(type + " " + values);
        }

        private static RecordType type(int code) {
            return Objects.requireNonNull(RecordType.of(code));
        }

        private int id() {
            return random.nextInt(4) == 0 ? 65535 : random.nextInt(1, 4);
        }

        /** What a fixed body may have behind it. */
        private byte[] excess() {
            return random.nextInt(3) == 0 ? content(random.nextInt(300)) : content(0);
        }

        private byte[] content() {
            return content(
                    switch (random.nextInt(20)) {
                        case 0, 1, 2 -> 0;
                        case 3, 4, 5 -> 1;
                        case 6 -> random.nextInt(20) == 0 ? 65535 : 65;
                        default -> random.nextInt(1 << random.nextInt(11));
                    });
        }

        private byte[] content(int length) {
            byte[] content = new byte[length];
            random.nextBytes(content);
            return content;
        }

        private Map<String, String> pairs() {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                pairs.put(text(), text());
            }
            return pairs;
        }

        private String text() {
            return new String(content(random.nextInt(random.nextBoolean() ? 10 : 200)), StandardCharsets.ISO_8859_1);
        }
    }
}
