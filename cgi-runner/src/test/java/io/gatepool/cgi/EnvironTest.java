package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironTest {

    @Test
    void aNewEnvironIsEmpty() {
        Environ environ = new Environ();

        assertThat(environ.size()).isZero();
        assertThat(environ.toMap()).isEmpty();
        assertThat(environ.get("")).isNull();
    }

    @Test
    void anAdoptedPairIsReadWhereItLies() throws TooManyVariables {
        Environ environ = Environ.over(bytes("..REQUEST_METHODGET.."), 19);
        environ.add(2, 14, 16, 3);

        assertThat(environ.get("REQUEST_METHOD")).isEqualTo("GET");
    }

    @Test
    void anAdoptedPairMustLieInTheUsedBytes() {
        Environ environ = Environ.over(bytes("NAMEvalue"), 8);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> environ.add(0, 4, 4, 5));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> environ.add(-1, 4, 4, 1));
        assertThat(environ.size()).isZero();
    }

    @Test
    void ofDuplicatesTheLastWinsInTheFirstOnesPlace() throws TooManyVariables {
        Environ environ = pairs("A", "1", "B", "2", "A", "3");

        assertThat(environ.toMap()).containsExactly(entry("A", "3"), entry("B", "2"));
    }

    @Test
    void itIsShownInTwoParts() throws TooManyVariables {
        VariableNames names = VariableNames.of("A", "LONGER_NAME", "MISSING");
        Environ environ = pairs("B", "1", "LONGER_NAME", "2", "", "3", "A", "4", "LONGER_NAMES", "5");
        environ.remove("");

        assertThat(shown(environ, names, true)).containsExactly("LONGER_NAME=2", "A=4");
        assertThat(shown(environ, names, false)).containsExactly("B=1", "LONGER_NAMES=5");
    }

    @Test
    void someBelongToTheFirstPartOnlyWhileTheyAreEmpty() throws TooManyVariables {
        VariableNames names = VariableNames.of("A").orIfEmpty("B", "C");
        Environ environ = pairs("A", "", "B", "1", "C", "", "D", "");

        assertThat(shown(environ, names, true)).containsExactly("A=", "C=");
        assertThat(shown(environ, names, false)).containsExactly("B=1", "D=");
    }

    @Test
    void whateverTheNamesNothingIsShownTwiceOrNotAtAll() throws TooManyVariables {
        String[] names = new String[64];
        Environ environ = new Environ();
        for (int number = 0; number < 1000; number++) {
            String name = "x".repeat(number % 7) + Integer.toString(number, 36);
            names[number % 64] = name;
            environ.set(name, Integer.toString(number));
        }
        environ.set("", "no name");
        VariableNames some = VariableNames.of(names);

        List<String> parts = new ArrayList<>(shown(environ, some, true));
        assertThat(parts).hasSizeGreaterThanOrEqualTo(64).hasSizeLessThan(400);
        parts.addAll(shown(environ, some, false));
        List<String> all = environ.toMap().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
        assertThat(parts).containsExactlyInAnyOrderElementsOf(all);
    }

    private static List<String> shown(Environ environ, VariableNames names, boolean among) {
        List<String> shown = new ArrayList<>();
        environ.forEach(
                names,
                among,
                (bytes, name, nameLength, value, valueLength) ->
                        shown.add(new String(bytes, name, nameLength, ISO_8859_1) + "="
                                + new String(bytes, value, valueLength, ISO_8859_1)));
        return shown;
    }

    @Test
    void aCopyIsItsOwnAndTakesMoreThanExpected() {
        Environ environ = new Environ();
        environ.set("A", "1");
        Environ copy = environ.copy(1, 2);
        for (int number = 0; number < 50; number++) {
            copy.set("NAME_" + number, "value " + number);
        }
        copy.set("A", "2");

        assertThat(environ.toMap()).containsExactly(entry("A", "1"));
        assertThat(copy.toMap()).hasSize(51).containsEntry("A", "2").containsEntry("NAME_49", "value 49");
    }

    @Test
    void aVariableSetAgainKeepsItsPlace() {
        Environ environ = new Environ();
        environ.set("A", "1");
        environ.set("B", "2");
        environ.set("A", "longer than before");

        assertThat(environ.toMap()).containsExactly(entry("A", "longer than before"), entry("B", "2"));
    }

    @Test
    void anAdoptedVariableCanBeSet() throws TooManyVariables {
        Environ environ = pairs("A", "1", "B", "2");
        environ.set("A", "3");
        environ.set("C", "4");

        assertThat(environ.toMap()).containsExactly(entry("A", "3"), entry("B", "2"), entry("C", "4"));
    }

    @Test
    void namesTellUpperFromLowerCase() {
        Environ environ = new Environ();
        environ.set("PATH", "x");

        assertThat(environ.get("Path")).isNull();
    }

    @Test
    void everyByteSurvives() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Environ environ = new Environ();
        environ.set("BYTES", all);
        environ.set("CHARS", new String(all, ISO_8859_1));

        assertThat(environ.get("BYTES")).isEqualTo(new String(all, ISO_8859_1));
        assertThat(environ.get("CHARS")).isEqualTo(new String(all, ISO_8859_1));
    }

    @Test
    void aValueSetAsBytesIsACopy() {
        byte[] value = bytes("old");
        Environ environ = new Environ();
        environ.set("A", value);
        value[0] = 'X';

        assertThat(environ.get("A")).isEqualTo("old");
    }

    @Test
    void aCharThatIsNoByteIsRefusedAndChangesNothing() {
        Environ environ = new Environ();
        environ.set("A", "1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> environ.set("A", "\u20ac"))
                .withMessageContaining("U+20ac");
        assertThatIllegalArgumentException().isThrownBy(() -> environ.set("\u20ac", "1"));
        assertThat(environ.toMap()).containsExactly(entry("A", "1"));
    }

    @Test
    void aCharThatIsNoByteMatchesNoName() {
        Environ environ = new Environ();
        environ.set("\u00ac", "1");

        assertThat(environ.has("\u20ac")).isFalse();
    }

    @Test
    void emptyNamesAndValuesAreLegal() throws TooManyVariables {
        Environ environ = pairs("", "nameless", "EMPTY", "");

        assertThat(environ.get("")).isEqualTo("nameless");
        assertThat(environ.get("EMPTY")).isEmpty();
        assertThat(environ.has("EMPTY")).isTrue();
    }

    @Test
    void whatIsAbsentIsNullOrEmptyAsAskedFor() {
        Environ environ = new Environ();

        assertThat(environ.get("A")).isNull();
        assertThat(environ.getOrEmpty("A")).isEmpty();
        assertThat(environ.has("A")).isFalse();
        assertThat(environ.is("A", "")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"o", "onn", "On", "", "no"})
    void isComparesTheWholeValue(String other) {
        Environ environ = new Environ();
        environ.set("HTTPS", "on");

        assertThat(environ.is("HTTPS", "on")).isTrue();
        assertThat(environ.is("HTTPS", other)).isFalse();
    }

    @Test
    void aRemovedVariableIsGoneAndTheOthersKeepTheirOrder() throws TooManyVariables {
        Environ environ = pairs("A", "1", "HTTP_PROXY", "evil", "C", "3");
        environ.remove("HTTP_PROXY");
        environ.remove("NOT_THERE");

        assertThat(environ.toMap()).containsExactly(entry("A", "1"), entry("C", "3"));
        assertThat(environ.has("HTTP_PROXY")).isFalse();
    }

    @Test
    void forEachShowsThePairsInOrder() throws TooManyVariables {
        List<String> seen = new ArrayList<>();
        pairs("B", "1", "A", "2")
                .forEach((bytes, name, nameLength, value, valueLength) ->
                        seen.add(new String(bytes, name, nameLength, ISO_8859_1)
                                + "="
                                + new String(bytes, value, valueLength, ISO_8859_1)));

        assertThat(seen).containsExactly("B=1", "A=2");
    }

    @Test
    void anEntryIsNameEqualsValue() throws TooManyVariables {
        assertThat(pairs("QUERY_STRING", "a=b", "EMPTY", "", "NAME", "\u00e9\u00ff")
                        .entries())
                .containsExactly(bytes("QUERY_STRING=a=b"), bytes("EMPTY="), bytes("NAME=\u00e9\u00ff"));
    }

    @Test
    void whatACEnvironCannotHoldIsNoEntry() throws TooManyVariables {
        assertThat(pairs("", "v", "A=B", "v", "=", "v", "A\0", "v", "A", "v\0w", "GOOD", "v")
                        .entries())
                .containsExactly(bytes("GOOD=v"));
    }

    @Test
    void oneVariableMoreThanTheLimitIsRefused() throws TooManyVariables {
        Environ environ = numbered(Environ.MAX_VARIABLES);

        assertThatExceptionOfType(TooManyVariables.class)
                .isThrownBy(() -> environ.add(0, 3, 0, 0))
                .withMessageContaining("1024")
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
        assertThat(environ.size()).isEqualTo(Environ.MAX_VARIABLES);
    }

    @Test
    void aDuplicateIsWelcomeAtTheLimit() throws TooManyVariables {
        Environ environ = numbered(Environ.MAX_VARIABLES);
        environ.add(0, 4, 4, 4);

        assertThat(environ.size()).isEqualTo(Environ.MAX_VARIABLES);
        assertThat(environ.get("0000")).isEqualTo("0001");
    }

    @Test
    void whatGatepoolSetsItselfIsNotLimited() throws TooManyVariables {
        Environ environ = numbered(Environ.MAX_VARIABLES);
        environ.set("GATEWAY_INTERFACE", "CGI/1.1");

        assertThat(environ.get("GATEWAY_INTERFACE")).isEqualTo("CGI/1.1");
    }

    @Test
    void toStringShowsNoValue() {
        Environ environ = new Environ();
        environ.set("DB_PASSWORD", "secret");

        assertThat(environ).hasToString("Environ of 1 variables");
    }

    /** Any sequence of operations leaves what it would leave in an ordered map. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesLikeAnOrderedMap(long seed) throws TooManyVariables {
        Random random = new Random(seed);
        byte[] wire = new byte[4096];
        for (int i = 0; i < wire.length; i++) {
            wire[i] = (byte) ('A' + random.nextInt(3));
        }
        Environ environ = Environ.over(wire, wire.length);
        Map<String, String> model = new LinkedHashMap<>();
        for (int step = 0; step < 2_000; step++) {
            int name = random.nextInt(4000);
            int nameLength = random.nextInt(5);
            int value = random.nextInt(3000);
            int valueLength = random.nextInt(1000);
            String nameText = new String(wire, name, nameLength, ISO_8859_1);
            String valueText = new String(wire, value, valueLength, ISO_8859_1);
            switch (random.nextInt(4)) {
                case 0 -> {
                    environ.set(nameText, valueText);
                    model.put(nameText, valueText);
                }
                case 1 -> {
                    environ.remove(nameText);
                    model.remove(nameText);
                }
                default -> {
                    environ.add(name, nameLength, value, valueLength);
                    model.put(nameText, valueText);
                }
            }
        }

        assertThat(List.copyOf(environ.toMap().entrySet())).isEqualTo(List.copyOf(model.entrySet()));
    }

    private static Environ pairs(String... namesAndValues) throws TooManyVariables {
        byte[] wire = bytes(String.join("", namesAndValues));
        Environ environ = Environ.over(wire, wire.length);
        int at = 0;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            int nameLength = namesAndValues[i].length();
            int valueLength = namesAndValues[i + 1].length();
            environ.add(at, nameLength, at + nameLength, valueLength);
            at += nameLength + valueLength;
        }
        return environ;
    }

    private static Environ numbered(int variables) throws TooManyVariables {
        StringBuilder wire = new StringBuilder();
        for (int i = 0; i < variables; i++) {
            wire.append(String.format("%04d", i));
        }
        Environ environ = Environ.over(bytes(wire.toString()), wire.length());
        for (int i = 0; i < variables; i++) {
            environ.add(i * 4, 4, 0, 0);
        }
        return environ;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
