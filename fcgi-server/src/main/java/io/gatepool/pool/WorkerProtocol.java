package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;

/** What the workers of an application speak: how a request is written to one, and how its answer is read. Stateless. */
enum WorkerProtocol {

    /** FastCGI: answers have an end of their own, and connections are kept. */
    FASTCGI("FastCGI", false) {
        @Override
        RequestWriter writer(WorkerSocket open, int id, Exchange request) {
            return new FastCgiWriter(open, id, request, false);
        }

        @Override
        AnswerDecoder decoder(RecordHandler handler) {
            return new RecordsDecoder(handler);
        }
    },

    /** The same with gatepool's own worker for Python, which remembers what is the same in most requests. */
    WSGI("FastCGI", false) {
        @Override
        RequestWriter writer(WorkerSocket open, int id, Exchange request) {
            return new FastCgiWriter(open, id, request, true);
        }

        @Override
        AnswerDecoder decoder(RecordHandler handler) {
            return new RecordsDecoder(handler);
        }
    },

    /** SCGI: a connection has one request, and its end is that of the answer. */
    SCGI("SCGI", true) {
        @Override
        RequestWriter writer(WorkerSocket open, int id, Exchange request) {
            return new ScgiWriter(open, request);
        }

        @Override
        AnswerDecoder decoder(RecordHandler handler) {
            return new PlainDecoder(handler);
        }
    };

    /** The id of the only request on a connection. */
    static final int ONLY_ID = 1;

    private final String text;
    private final boolean endsWithConnection;

    WorkerProtocol(String text, boolean endsWithConnection) {
        this.text = text;
        this.endsWithConnection = endsWithConnection;
    }

    static WorkerProtocol of(AppSettings settings) {
        return switch (settings.kind()) {
            case SCGI -> SCGI;
            case WSGI -> WSGI;
            case FASTCGI, CGI -> FASTCGI;
        };
    }

    /** The name, such as {@code FastCGI}. */
    String text() {
        return text;
    }

    /**
     * Whether a connection is made for one request, and the end of the connection is that of its answer. Such a
     * protocol has no question either that a worker would answer when it is ready (FCGI_GET_VALUES).
     */
    boolean endsWithConnection() {
        return endsWithConnection;
    }

    abstract RequestWriter writer(WorkerSocket open, int id, Exchange request);

    /** @param handler hears of streams, and of the end of an answer where that is not the end of the connection */
    abstract AnswerDecoder decoder(RecordHandler handler);

    private static final class RecordsDecoder implements AnswerDecoder {

        private final RecordDecoder records;

        RecordsDecoder(RecordHandler handler) {
            this.records = new RecordDecoder(handler);
        }

        @Override
        public void decode(ByteBuf in) throws ProtocolException {
            records.decode(in);
        }

        @Override
        public void stop() {
            records.stop();
        }
    }

    /** All that comes is stdout. */
    private static final class PlainDecoder implements AnswerDecoder {

        private final RecordHandler handler;
        private boolean stopped;

        PlainDecoder(RecordHandler handler) {
            this.handler = handler;
        }

        @Override
        public void decode(ByteBuf in) throws ProtocolException {
            int end = in.writerIndex();
            if (!stopped && in.isReadable()) {
                handler.stream(RecordType.STDOUT, ONLY_ID, in, in.readableBytes());
            }
            in.readerIndex(end);
        }

        @Override
        public void stop() {
            stopped = true;
        }
    }
}
