package io.gatepool.control;

/** A request to the control socket that is not done: what is wrong, where, and what to do. */
final class Rejection extends Exception {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String where;
    private final String remedy;

    /**
     * @param code for programs, such as {@code unknown-app}
     * @param what is wrong, for people
     * @param where in the request, or which file; may be empty
     * @param remedy what to do; may be empty
     */
    Rejection(String code, String what, String where, String remedy) {
        super(what, null, false, false);
        this.code = code;
        this.where = where;
        this.remedy = remedy;
    }

    String code() {
        return code;
    }

    String where() {
        return where;
    }

    String remedy() {
        return remedy;
    }
}
