package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ForeignOptionsTest {

    @ParameterizedTest
    @ValueSource(strings = {"--pid", "--pid=/run/x.pid", "-p", "-p/run/x.pid"})
    void anOptionIsKnownWithAndWithoutItsValue(String word) {
        assertThat(ForeignOptions.remedy(List.of("x:app", word)))
                .hasValueSatisfying(remedy -> assertThat(remedy).startsWith(word + ": no file is needed"));
    }

    @Test
    void whatIsNoOptionOfTheirsHasNoRemedy() {
        assertThat(ForeignOptions.remedy(List.of("p", "--pidgin", "--"))).isEmpty();
    }

    @Test
    void noneIsAnOptionThatThereIs() {
        Set<String> ours =
                new CommandLine(new WsgiCommand()).getCommandSpec().optionsMap().keySet();
        assertThat(ours).contains("--workers", "-w");
        assertThat(ForeignOptions.names()).doesNotContainAnyElementsOf(ours);
    }
}
