package io.gatepool.it;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What every web server in front of gatepool has to get right, for each kind of application: every
 * {@link RequestCheck}, or the reason why it is left out.
 *
 * @param house the gatepool behind it
 */
record RequestSuite(WebServer server, SuiteHouse house) {

    /** What became of a check. */
    enum Verdict {
        PASSED,
        /** The web server cannot do it. */
        SKIPPED,
        /** Makes no sense for this kind of application. */
        NOT_FOR_KIND,
        FAILED
    }

    /** @param reason why it was skipped, or how it failed; "" if it passed */
    record Outcome(RequestCheck check, Verdict verdict, String reason) {}

    /**
     * The checks for JUnit, each a test of its own. Those with a reason to be skipped are in {@link #outcomes} only.
     */
    Stream<DynamicTest> tests(SuiteKind... kinds) {
        return cells(kinds)
                .filter(cell -> cell.check().notFor(cell.kind()).isEmpty()
                        && server.limitation(cell.check()).isEmpty())
                .map(cell -> DynamicTest.dynamicTest(
                        cell.kind().name().toLowerCase(Locale.ROOT) + ": "
                                + cell.check().label(),
                        () -> cell.check().run(site(cell.kind()))));
    }

    /** All checks, run one after the other; nothing is thrown for one that fails. */
    List<Outcome> outcomes(SuiteKind... kinds) {
        return cells(kinds).map(cell -> outcome(cell.check(), cell.kind())).toList();
    }

    private Outcome outcome(RequestCheck check, SuiteKind kind) {
        String notForKind = check.notFor(kind);
        if (!notForKind.isEmpty()) {
            return new Outcome(check, Verdict.NOT_FOR_KIND, notForKind);
        }
        String limitation = server.limitation(check);
        if (!limitation.isEmpty()) {
            return new Outcome(check, Verdict.SKIPPED, limitation);
        }
        try {
            check.run(site(kind));
            return new Outcome(check, Verdict.PASSED, "");
        } catch (Exception | AssertionError e) {
            return new Outcome(check, Verdict.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private RequestCheck.Site site(SuiteKind kind) {
        return new RequestCheck.Site(server, house, kind);
    }

    private record Cell(RequestCheck check, SuiteKind kind) {}

    private static Stream<Cell> cells(SuiteKind... kinds) {
        return Arrays.stream(kinds)
                .flatMap(kind -> Arrays.stream(RequestCheck.values()).map(check -> new Cell(check, kind)));
    }
}
