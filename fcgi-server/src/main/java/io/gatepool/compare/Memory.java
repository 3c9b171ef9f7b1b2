package io.gatepool.compare;

/**
 * Memory in bytes, as PSS: of the server, and of its scripts or workers.
 *
 * @param count how many of the latter there were
 */
public record Memory(long server, long processes, int count) {

    static Memory of(int server) {
        long others = 0;
        int count = -1;
        for (int pid : Proc.family(server)) {
            others += pid == server ? 0 : Proc.pss(pid);
            count++;
        }
        return new Memory(Proc.pss(server), others, Math.max(0, count));
    }

    public long total() {
        return server + processes;
    }
}
