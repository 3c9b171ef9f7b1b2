package io.gatepool.exchange;

/**
 * Why a request failed.
 *
 * @param cause which of the known ways
 * @param detail for the log: what exactly, where, the limit and the remedy; may hold text of the application
 */
public record Failure(Cause cause, String detail) {}
