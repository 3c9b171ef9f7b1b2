package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers of section 8 of the specification. */
class CodesTest {

    @ParameterizedTest
    @CsvSource({
        "BEGIN_REQUEST, 1",
        "ABORT_REQUEST, 2",
        "END_REQUEST, 3",
        "PARAMS, 4",
        "STDIN, 5",
        "STDOUT, 6",
        "STDERR, 7",
        "DATA, 8",
        "GET_VALUES, 9",
        "GET_VALUES_RESULT, 10",
        "UNKNOWN_TYPE, 11"
    })
    void aRecordTypeHasItsCode(RecordType type, int code) {
        assertThat(type.code()).isEqualTo(code);
        assertThat(RecordType.of(code)).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({"RESPONDER, 1", "AUTHORIZER, 2", "FILTER, 3"})
    void aRoleHasItsCode(Role role, int code) {
        assertThat(role.code()).isEqualTo(code);
        assertThat(Role.of(code)).isEqualTo(role);
    }

    @ParameterizedTest
    @CsvSource({"REQUEST_COMPLETE, 0", "CANT_MPX_CONN, 1", "OVERLOADED, 2", "UNKNOWN_ROLE, 3"})
    void aProtocolStatusHasItsCode(ProtocolStatus status, int code) {
        assertThat(status.code()).isEqualTo(code);
        assertThat(ProtocolStatus.of(code)).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 12, 255, 65535})
    void otherCodesHaveNoMeaning(int code) {
        assertThat(RecordType.of(code)).isNull();
        assertThat(Role.of(code)).isNull();
        assertThat(ProtocolStatus.of(code)).isNull();
    }

    @Test
    void zeroIsNeitherARecordTypeNorARole() {
        assertThat(RecordType.of(0)).isNull();
        assertThat(Role.of(0)).isNull();
    }

    @Test
    void fiveTypesAreStreams() {
        Set<RecordType> streams = EnumSet.allOf(RecordType.class);
        streams.removeIf(type -> !type.isStream());
        assertThat(streams)
                .containsExactly(
                        RecordType.PARAMS, RecordType.STDIN, RecordType.STDOUT, RecordType.STDERR, RecordType.DATA);
    }
}
