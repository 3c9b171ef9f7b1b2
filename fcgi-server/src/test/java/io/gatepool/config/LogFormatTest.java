package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats of the access log as they are read; what they write is {@code AccessFormatTest}'s. */
class LogFormatTest {

    private static LogFormat.Text parse(String text) throws ValueException {
        return (LogFormat.Text) LogFormat.parse(text);
    }

    @Test
    void theFieldsOfBothProgramsAndTextBetweenThem() throws ValueException {
        assertThat(parse("%(h)s at 100%% %R|%({X-Forwarded-For}i)s %{HTTP_HOST}e")
                        .pieces())
                .containsExactly(
                        new LogFormat.Field(LogField.CLIENT, "", false),
                        new LogFormat.Literal(" at 100% "),
                        new LogFormat.Field(LogField.CLIENT, "", false),
                        new LogFormat.Literal("|"),
                        new LogFormat.Field(LogField.HEADER, "X-Forwarded-For", false),
                        new LogFormat.Literal(" "),
                        new LogFormat.Field(LogField.VARIABLE, "HTTP_HOST", false));
    }

    @Test
    void aNameMeansWhatItMeansInItsProgram() throws ValueException {
        assertThat(parse("%(r)s%r%(T)s%T%(f)s%f").pieces())
                .extracting(piece -> ((LogFormat.Field) piece).field())
                .containsExactly(
                        LogField.REQUEST_LINE,
                        LogField.PATH,
                        LogField.TOTAL_SECONDS,
                        LogField.OVER,
                        LogField.REFERER,
                        LogField.SCRIPT);
    }

    @Test
    void whatStandsInQuotationMarksKnowsIt() throws ValueException {
        assertThat(parse("%(u)s \"%(f)s\" %(a)s").pieces())
                .filteredOn(LogFormat.Field.class::isInstance)
                .extracting(piece -> ((LogFormat.Field) piece).quoted())
                .containsExactly(false, true, false);
    }

    /** gunicorn's default, and php-fpm's, and the one that its sample configuration shows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "%(h)s %(l)s %(u)s %(t)s \"%(r)s\" %(s)s %(b)s \"%(f)s\" \"%(a)s\"",
                "%(m)s %(U)s %(q)s %(H)s %(D)s %(L)s %(M)s %(T)s %(p)s %({host}i)s %({etag}o)s %({path}e)s",
                "%R - %u %t \"%m %r\" %s",
                "%R - %u %t \"%m %r%Q%q\" %s %f %{milliseconds}d %{micro}d %p %P %l %n %{Content-Type}o %{%Y-%m-%d}t"
            })
    void formatsThatPeopleHave(String format) throws ValueException {
        assertThat(parse(format).pieces()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`%(h)s %(x)s`|at character 7: %(x)s is no field|there are %(h)s %(l)s",
                "`%(h)s %y`|at character 7: %y is no field|%R",
                "`%(h)`|at character 1: %(h) is not finished|write %(h)s",
                "`%(h)d`|at character 1: %(h) is not finished|write %(h)s",
                "`%(h`|at character 1 a field is not finished|it lacks a ')'",
                "`%{Host`|at character 1 a field is not finished|it lacks a '}'",
                "`%(s)s 100%`|at character 10 a field is not finished|write %%",
                "`%(s)s %C`|at character 7: %C, what one request used, is not known|take it out",
                "`%(s)s %{mega}M`|at character 7: %M, what one request used, is not known|take it out",
                "`%(i)s`|at character 1: %(i)s names nothing|write %({NAME}i)s",
                "`%({x}h)s`|at character 1: %({x}h)s takes nothing in braces|take the braces out",
                "`%{hours}d`|at character 1: %{hours}d is in no unit|write seconds",
                "`%{%Y %Q}t`|at character 1: %Q is no part of a time|there are %Y",
                "`jsn`|\"jsn\" is no format: it has no field|write \"combined\", \"json\"",
                "``|\"\" is no format: it has no field|write",
            },
            delimiter = '|')
    void whatIsWrongIsToldWithItsPlaceAndTheRemedy(String format, String problem, String remedy) {
        ValueException thrown = catchThrowableOfType(ValueException.class, () -> LogFormat.parse(format));
        assertThat(thrown).isNotNull();
        assertThat(thrown.problem()).startsWith(problem);
        assertThat(thrown.remedy()).contains(remedy);
    }

    @Test
    void aLineIsOneLineButMayHaveTabs() throws ValueException {
        assertThat(parse("%(h)s\t%(s)s").pieces()).contains(new LogFormat.Literal("\t"));
        assertThatThrownBy(() -> parse("%(h)s\n%(s)s")).hasMessageContaining("at character 6 is a control character");
    }

    @Test
    void timesAreWrittenAsStrftimeDoes() throws ValueException {
        ZonedDateTime time = ZonedDateTime.of(2026, 11, 5, 3, 7, 9, 0, ZoneOffset.ofHours(2));
        assertThat(Strftime.formatter("%d/%b/%Y:%H:%M:%S %z").format(time)).isEqualTo("05/Nov/2026:03:07:09 +0200");
        assertThat(Strftime.formatter("%F %T %e %a %y %j %I 100%% %s").format(time))
                .isEqualTo("2026-11-05 03:07:09  5 Thu 26 309 03 100% " + time.toEpochSecond());
    }
}
