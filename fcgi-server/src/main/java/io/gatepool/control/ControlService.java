package io.gatepool.control;

import java.util.concurrent.Executor;

/** What the connections of the control socket share, and how many of them there are. Event loop only. */
final class ControlService {

    /** Nobody who looks after a server needs more of them at a time. */
    static final int MOST_CONNECTIONS = 16;

    private final Commands commands;
    private final PeerCheck peers;
    private final Executor thread;
    private int connections;

    /** @param thread where JSON is read and written */
    ControlService(Commands commands, PeerCheck peers, Executor thread) {
        this.commands = commands;
        this.peers = peers;
        this.thread = thread;
    }

    Commands commands() {
        return commands;
    }

    PeerCheck peers() {
        return peers;
    }

    Executor thread() {
        return thread;
    }

    /** Returns whether there is room for another connection, which then has its place. */
    boolean enter() {
        if (connections == MOST_CONNECTIONS) {
            return false;
        }
        connections++;
        return true;
    }

    void leave() {
        connections--;
    }
}
