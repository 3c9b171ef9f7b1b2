package io.gatepool.architecture.wrong.front;

/** Reaches the JVM's signal handling by reflection. */
public final class HandlesSignalsByName {
    private HandlesSignalsByName() {}

    static Class<?> signals() throws ClassNotFoundException {
        return Class.forName("sun.misc.Signal");
    }
}
