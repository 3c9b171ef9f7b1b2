package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;

/**
 * What a {@link RecordDecoder} tells: one method per kind of record. The thread that calls
 * {@link RecordDecoder#decode} calls these.
 *
 * <p>Every method ignores its record unless overridden, because a peer may send what nobody asked for. A
 * {@link ProtocolException} thrown here ends the decoding like one of the decoder's own.
 *
 * <p>Ids are 1 to 65535 unless said otherwise; whether a request of that id exists is for the handler to know. Nothing
 * tells where records begin and end inside a stream: the specification gives those borders no meaning.
 */
public interface RecordHandler {

    /**
     * A request begins (section 5.1).
     *
     * @param role 0 to 65535, see {@link Role#of}
     * @param keepConnection whether the connection stays open after the request
     */
    default void beginRequest(int requestId, int role, boolean keepConnection) throws ProtocolException {}

    /** The client no longer wants the request (section 5.4). */
    default void abortRequest(int requestId) throws ProtocolException {}

    /**
     * The application is done with the request (section 5.5).
     *
     * @param appStatus 0 to 2^32-1, the exit status for a CGI program
     * @param protocolStatus 0 to 255, see {@link ProtocolStatus#of}
     */
    default void endRequest(int requestId, long appStatus, int protocolStatus) throws ProtocolException {}

    /**
     * A fragment of a stream arrived.
     *
     * @param type PARAMS, STDIN, STDOUT, STDERR or DATA
     * @param in holds the fragment from its readerIndex on (and bytes of other records behind it); the handler may read
     *     or retain a slice; whatever it reads, the decoder goes on behind the fragment
     * @param length bytes of the fragment, 1 to 65535
     */
    default void stream(RecordType type, int requestId, ByteBuf in, int length) throws ProtocolException {}

    /** The empty record that ends a stream. */
    default void streamEnd(RecordType type, int requestId) throws ProtocolException {}

    /**
     * The client asks for variables (section 4.1), to be answered with GET_VALUES_RESULT.
     *
     * @param in the whole content from its readerIndex on, see {@link NameValues#toMap}; as for {@link #stream}
     * @param length bytes of the content, 0 to 65535
     */
    default void getValues(ByteBuf in, int length) throws ProtocolException {}

    /** The application answers GET_VALUES (section 4.1); parameters as there. */
    default void getValuesResult(ByteBuf in, int length) throws ProtocolException {}

    /**
     * The application does not know a type of management record that we sent (section 4.2).
     *
     * @param type 0 to 255
     */
    default void unknownType(int type) throws ProtocolException {}

    /**
     * A management record of a type that FastCGI 1.0 does not define, to be answered with UNKNOWN_TYPE (section 4.2).
     * Its content is skipped.
     *
     * @param type 0 or 12 to 255
     */
    default void unknownManagement(int type) throws ProtocolException {}
}
