package io.gatepool.process;

/** Error numbers of Linux as words: a name for the log and the meaning an administrator can act on. */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int ENOTDIR = 20;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ETXTBSY = 26;

    private Errno() {}

    /** The symbolic name with its meaning, such as {@code ENOENT (no such file or directory)}. */
    public static String describe(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM (operation not permitted)";
            case ENOENT -> "ENOENT (no such file or directory)";
            case ESRCH -> "ESRCH (no such process)";
            case E2BIG -> "E2BIG (arguments and environment too long)";
            case ENOEXEC -> "ENOEXEC (neither a program nor a script with a #! line)";
            case EAGAIN -> "EAGAIN (no more processes allowed, see ulimit -u and TasksMax)";
            case ENOMEM -> "ENOMEM (not enough memory)";
            case EACCES -> "EACCES (permission denied)";
            case ENOTDIR -> "ENOTDIR (not a directory)";
            case ENFILE -> "ENFILE (the system is out of descriptors)";
            case EMFILE -> "EMFILE (out of descriptors, see ulimit -n and LimitNOFILE)";
            case ETXTBSY -> "ETXTBSY (the file is being written)";
            default -> "errno " + errno;
        };
    }

    /** True for the errors that go away by themselves: the same call may succeed a moment later. */
    public static boolean isPassing(int errno) {
        return errno == EAGAIN || errno == ENOMEM || errno == EMFILE || errno == ENFILE || errno == ETXTBSY;
    }

    /** The calling thread's last libc error as an exception; {@code what} names the call and its object. */
    static FailedCall last(String what) {
        return new FailedCall(what, Libc.Native.errno());
    }
}
