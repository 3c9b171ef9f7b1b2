package io.gatepool.architecture.wrong.strange;

/** Of a package that no rule speaks of. */
public record Newcomer(int number) {}
