package io.gatepool.process;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * Looks at what lies in a socket and leaves it there: recv(2) with MSG_PEEK, for which the JDK and Netty have no words.
 * Called once for each request, hence not through the {@link Libc} interface, whose calls go through a proxy, but
 * through what lies below it. Any thread.
 */
public final class Peek {

    private static final int MSG_PEEK = 2;
    private static final int MSG_DONTWAIT = 0x40;

    private static final long RECV = Library.getDefault().getSymbolAddress("recv");

    // As registers: the kernel takes the lower half of what is an int.
    private static final CallContext SIGNATURE = CallContext.getCallContext(
            Type.SINT64,
            new Type[] {Type.SINT64, Type.SINT64, Type.SINT64, Type.SINT64},
            CallingConvention.DEFAULT,
            false);

    private Peek() {}

    /**
     * Copies up to {@code length} bytes from {@code socket} to the memory at {@code address}. Returns how many there
     * were; 0 at the end of file; less when there is nothing, or an error that a read will tell.
     */
    public static int at(int socket, long address, int length) {
        return (int) Invoker.getInstance().invokeN4(SIGNATURE, RECV, socket, address, length, MSG_PEEK | MSG_DONTWAIT);
    }
}
