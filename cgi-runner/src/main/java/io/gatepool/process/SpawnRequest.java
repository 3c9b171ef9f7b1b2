package io.gatepool.process;

/**
 * What to start, and where its standard descriptors lead; it gets no others.
 *
 * @param stdin descriptor that becomes 0; {@link Spawner#devNull()} for none
 * @param stdout descriptor that becomes 1
 * @param stderr descriptor that becomes 2
 */
public record SpawnRequest(Command command, int stdin, int stdout, int stderr) {}
