package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A request that came over no connection, for commands that try an application: treated as one of the HTTP front from
 * the loopback address to port 80. Event loop only.
 */
public final class OwnRequest {

    private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
    private static final InetSocketAddress REMOTE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int PIECE = 64 * 1024;

    private final Intake intake;

    private OwnRequest(Intake intake) {
        this.intake = intake;
    }

    /** The request's target is none that the HTTP front would take; the message says why. */
    public static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Begins a request.
     *
     * @param request whose target is a path or a URL
     * @throws Bad when the target cannot be served
     */
    public static OwnRequest begin(FrontContext shared, Application application, HttpRequest request, ResponseSink sink)
            throws Bad {
        return new OwnRequest(new Intake(
                shared,
                application,
                Role.RESPONDER,
                environ(request),
                sink,
                true,
                shared.trusted().test(REMOTE)));
    }

    /**
     * The variables of a request before any application has seen it.
     *
     * @throws Bad when the target cannot be served
     */
    public static Environ environ(HttpRequest request) throws Bad {
        try {
            return new HttpEnviron(new HttpEnviron.Server(new FieldNames(), LOCAL, false, REMOTE::equals), REMOTE)
                    .of(request, RequestTarget.parse(request.uri()));
        } catch (RequestTarget.Bad e) {
            throw new Bad(String.valueOf(e.getMessage()));
        }
    }

    public Exchange exchange() {
        return intake.exchange();
    }

    /** Sends the body, to its end, and the request on its way. */
    public void send(InputStream body) throws IOException {
        intake.begin();
        byte[] piece = body.readNBytes(PIECE);
        while (piece.length > 0) {
            ByteBuf bytes = Unpooled.wrappedBuffer(piece);
            intake.append(bytes);
            bytes.release();
            piece = body.readNBytes(PIECE);
        }
        intake.submit();
    }
}
