package io.gatepool.process;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Signal numbers and names of Linux (signal(7)), and the only door to the JVM's signal handling. */
public final class Signals {

    public static final int HUP = 1;
    public static final int INT = 2;
    public static final int QUIT = 3;
    public static final int KILL = 9;
    public static final int USR1 = 10;
    public static final int TERM = 15;
    public static final int CHLD = 17;
    public static final int XCPU = 24;
    public static final int XFSZ = 25;

    private static final String[] NAMES = {
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };

    private Signals() {}

    /** {@code SIGSEGV} for 11; a real-time or unknown number is shown as {@code signal 40}. */
    public static String name(int signal) {
        return signal > 0 && signal < NAMES.length ? "SIG" + NAMES[signal] : "signal " + signal;
    }

    /** The number of a signal by its name without SIG; 0 for a name that none has. */
    public static int number(String name) {
        int number = Arrays.asList(NAMES).indexOf(name);
        return Math.max(0, number);
    }

    /**
     * Calls {@code handler} with the signal's number whenever it arrives, on a thread of the JVM's own: the handler
     * must only pass the news on. Also when whoever started gatepool has told it to ignore the signal: a shell does so
     * with INT for what it runs in the background, nohup with HUP, and the JVM would obey.
     *
     * @param shortName such as {@code "TERM"}; QUIT and USR2 belong to the JVM and are refused by it
     */
    public static void on(String shortName, IntConsumer handler) {
        // By reflection, since javac warns of every mention of sun.misc and cannot be told not to.
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Method number = signalType.getMethod("getNumber");
            Object signal = signalType.getConstructor(String.class).newInstance(shortName);
            stopIgnoring((int) number.invoke(signal));
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (self, method, arguments) -> {
                        handler.accept((int) number.invoke(arguments[0]));
                        return null;
                    });
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle SIG" + shortName + ": " + e, e);
        }
    }

    /** Whether signals may come from a terminal that this process was started in: INT by a key, WINCH, HUP. */
    public static boolean comeFromTerminal() {
        return ProcessStat.haveTerminal();
    }

    /** Gives {@code signal} its default action if it is ignored: that is inherited from who started this process. */
    static void stopIgnoring(int signal) {
        if (isIgnored(signal)) {
            Libc.Native.LIBC.signal(signal, Libc.SIG_DFL);
        }
    }

    private static boolean isIgnored(int signal) {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("SigIgn:".length()).strip(), 16))
                    .anyMatch(mask -> (mask >> (signal - 1) & 1) != 0);
        } catch (IOException e) {
            return false;
        }
    }
}
