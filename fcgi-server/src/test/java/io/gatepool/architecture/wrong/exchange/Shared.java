package io.gatepool.architecture.wrong.exchange;

/** Something that the wire must not know. */
public record Shared(int number) {}
