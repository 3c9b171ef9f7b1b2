package io.gatepool.cgi;

/** Is told of each variable of an environment where its value comes from, for those who want to see it. */
@FunctionalInterface
public interface Origins {

    /** Nobody wants to see it. */
    Origins UNSEEN = (name, origin) -> {};

    /** A variable that the request brought. */
    String REQUEST = "request";

    /** The variable was set; an earlier origin of the same name counts no more. */
    void note(String name, String origin);
}
