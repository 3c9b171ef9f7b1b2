package io.gatepool.cgi;

/**
 * One field of a response head.
 *
 * @param name as the script wrote it, in any case
 * @param value without surrounding blanks, one char per byte (ISO-8859-1)
 */
public record Header(String name, String value) {}
