package io.gatepool.config;

import java.util.List;

/** What came of reading a configuration: all of it, or every reason why not. */
public sealed interface Loaded permits Loaded.Ok, Loaded.Broken {
    /** It is valid. */
    record Ok(Configuration configuration) implements Loaded {}

    /**
     * It is not.
     *
     * @param problems at least one, in order of the files and of the lines in them
     * @param files how many files were read, the good ones included
     */
    record Broken(List<Problem> problems, int files) implements Loaded {
        public Broken {
            problems = List.copyOf(problems);
        }
    }
}
