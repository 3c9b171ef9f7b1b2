package io.gatepool.compare;

/**
 * Memory in bytes, as PSS: of the server, and of its scripts or workers.
 *
 * @param count how many of the latter there were
 */
public record Memory(long server, long processes, int count) {

    static Memory of(int server) {
        long others = 0;
        int count = 0;
        for (int pid : Proc.family(server)) {
            // Between fork and exec a child has the memory of the server, which would count twice.
            if (pid != server && !Proc.isSameProgram(pid, server)) {
                others += Proc.pss(pid);
                count++;
            }
        }
        return new Memory(Proc.pss(server), others, count);
    }

    public long total() {
        return server + processes;
    }
}
