package io.gatepool.front;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/** Notices a client that takes nothing of what is there for it. Owned by the event loop. */
final class SendWatch {

    private long pending;
    private long progress;
    private int current;
    private long since;

    /**
     * Whether the kernel has taken no byte for so long, though there were some; to be asked now and then.
     *
     * @param patience how long that is fine
     */
    boolean isStuck(Channel channel, long nowNanos, Duration patience) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null || buffer.totalPendingWriteBytes() == 0) {
            pending = 0;
            return false;
        }
        long nowPending = buffer.totalPendingWriteBytes();
        long nowProgress = buffer.currentProgress();
        int nowCurrent = System.identityHashCode(buffer.current());
        if (pending == 0 || nowProgress != progress || nowCurrent != current || nowPending < pending) {
            since = nowNanos;
        }
        pending = nowPending;
        progress = nowProgress;
        current = nowCurrent;
        return nowNanos - since > patience.toNanos();
    }
}
