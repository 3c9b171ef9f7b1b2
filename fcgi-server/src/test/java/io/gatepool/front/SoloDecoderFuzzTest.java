package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request of SCGI or uwsgi is the same however the network cuts it, and no bytes do harm. */
class SoloDecoderFuzzTest {

    private static final int ROUNDS = 30_000;

    @FuzzTest
    void anyBytesHaveOneReading(byte[] input) {
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
        for (SoloProtocol protocol : SoloProtocol.values()) {
            assertOneReading(protocol, input, random);
        }
    }

    private static List<String> assertOneReading(SoloProtocol protocol, byte[] input, SplittableRandom random) {
        List<String> whole = SoloWire.events(protocol, input);
        assertThat(comparable(SoloWire.events(protocol, SoloWire.cut(input, random))))
                .isEqualTo(comparable(whole));
        return whole;
    }

    /** Of bytes behind a request the first few may come too late to keep it from ending. */
    private static List<String> comparable(List<String> events) {
        int last = events.size() - 1;
        if (last < 0 || !events.get(last).contains("behind the end of a request")) {
            return events;
        }
        List<String> before = new ArrayList<>(events.subList(0, last));
        before.remove("end");
        before.add("surplus");
        return before;
    }

    /** As they came from the servers' sockets. */
    @ParameterizedTest
    @ValueSource(strings = {"nginx-1.22", "lighttpd-1.4", "apache-2.4"})
    void theRequestsOfRealWebServersAreSound(String server) throws Exception {
        for (SoloProtocol protocol : SoloProtocol.values()) {
            for (String method : List.of("get", "post")) {
                String file = "SoloDecoderFuzzTestInputs/" + server + "-" + protocol.text() + "-" + method;
                try (InputStream in = SoloDecoderFuzzTest.class.getResourceAsStream(file)) {
                    List<String> events = SoloWire.events(protocol, in.readAllBytes());
                    assertThat(events).as(file).endsWith("end");
                    assertThat(events.contains("body hello=world")).as(file).isEqualTo(method.equals("post"));
                }
            }
        }
    }

    @Test
    void requestsThatAreAlmostSoundHaveOneReading() {
        SplittableRandom random = new SplittableRandom(11);
        for (SoloProtocol protocol : SoloProtocol.values()) {
            int sound = 0;
            for (int round = 0; round < ROUNDS; round++) {
                byte[] request = request(protocol, random);
                assertThat(assertOneReading(protocol, request, random)).endsWith("end");
                byte[] broken = mutated(request, random);
                List<String> events = assertOneReading(protocol, broken, random);
                sound += !events.isEmpty() && events.get(events.size() - 1).equals("end") ? 1 : 0;
            }
            // Or the mutations would be all of one kind.
            assertThat(sound).as("%s", protocol).isBetween(ROUNDS / 50, ROUNDS - ROUNDS / 50);
        }
    }

    private static byte[] request(SoloProtocol protocol, SplittableRandom random) {
        String body = "b".repeat(random.nextInt(30));
        List<String> pairs = new ArrayList<>(List.of("CONTENT_LENGTH", Integer.toString(body.length()), "SCGI", "1"));
        for (int number = random.nextInt(6); number > 0; number--) {
            pairs.add("N" + number);
            pairs.add("v".repeat(random.nextInt(random.nextInt(20) == 0 ? 3000 : 20)));
        }
        String[] all = pairs.toArray(String[]::new);
        return protocol == SoloProtocol.SCGI ? SoloWire.scgi(body, all) : SoloWire.uwsgi(body, all);
    }

    /** Some bytes replaced, dropped or repeated, mostly in the head. */
    private static byte[] mutated(byte[] request, SplittableRandom random) {
        byte[] joints = ":,\0000195\u0001\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = request.clone();
        for (int times = 1 + random.nextInt(2); times > 0; times--) {
            int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 8 : 100));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, at);
            int kind = random.nextInt(4);
            if (kind == 0) {
                out.write(joints[random.nextInt(joints.length)]);
            } else if (kind == 1) {
                out.write(random.nextInt(256));
            } else if (kind == 2) {
                out.write(bytes[at]);
                out.write(bytes[at]);
            }
            out.write(bytes, at + 1, bytes.length - at - 1);
            bytes = out.toByteArray();
        }
        return bytes;
    }
}
