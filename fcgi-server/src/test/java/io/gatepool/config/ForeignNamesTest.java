package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignNamesTest {

    @ParameterizedTest
    @CsvSource({
        "wsgi_app,             module",
        "wsgi-file,            module",
        "callable,             module",
        "virtualenv,           python",
        "home,                 python",
        "timeout,              output_timeout",
        "harakiri,             request_timeout",
        "py-autoreload,        watch",
        "certfile,             certificate",
        "cheaper,              workers.min_spare",
        "reload-on-rss,        max_rss",
    })
    void aNameOfGunicornOrUwsgiIsKnown(String theirs, String ours) {
        assertThat(ForeignNames.find(theirs)).contains(ours);
    }

    /** Or the remedy would be that it is not there yet. */
    @Test
    void eachLeadsToAKeyOrATableThatThereIs() {
        Set<String> names = new HashSet<>();
        for (Schema schema : new Schema[] {ServerKeys.SCHEMA, HttpKeys.SCHEMA, AppKeys.SCHEMA}) {
            names.addAll(schema.names());
        }
        Set<String> tables = new HashSet<>();
        names.stream()
                .filter(name -> name.contains("."))
                .forEach(name -> tables.add(name.substring(0, name.indexOf('.'))));
        names.addAll(tables);
        assertThat(ForeignNames.ours()).isSubsetOf(names);
    }

    /** A name that is a key of ours, too, never gets here. */
    @Test
    void noneIsTheNameOfAKeyOfAnApp() {
        assertThat(ForeignNames.theirs()).doesNotContainAnyElementsOf(AppKeys.SCHEMA.names());
    }
}
