package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {

    /** What {@link EmbeddedChannel#runScheduledPendingTasks} says when nothing waits for its time. */
    private static final long NOTHING = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter() {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            Patience.closeAfter(context, 5, TimeUnit.SECONDS);
        }
    });

    @Test
    void aConnectionIsClosedWhenItsTimeIsOver() {
        channel.advanceTimeBy(4, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void oneThatHasClosedIsNotHeld() {
        channel.close();
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(NOTHING);
    }
}
