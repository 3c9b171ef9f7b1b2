package io.gatepool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait for somebody slower: the first ones in memory of its own, some more in blocks of {@link SpoolMemory},
 * the rest in an unlinked temporary file. Request bodies gather in one before a worker is bothered, responses wait in
 * one for a slow reader, so that neither holds a worker.
 *
 * <p>It keeps everything until it is released, since a request may have to be sent a second time ({@link #rewind}).
 *
 * <p>Owned by the event loop: every method and callback is on it. File operations run on the file thread in the order
 * in which they were asked for, so a read never overtakes the write before it. At most one read is under way.
 */
final class Spool {

    /** What the owner wants to hear. */
    interface Listener {
        /** The file cannot be written or read; the content is lost. Reported once. */
        void failed(IOException e);

        /** The bytes that waited for the disk have been written: {@link #backlog} is 0 again. */
        default void written() {}
    }

    private static final int FILE_READ = 128 * 1024;
    private static final int FIRST_SIZE = 1024;

    /** Who begins with so much has more to come: to grow would be to copy. */
    private static final int LARGE = 4 * 1024;

    private final EventExecutor loop;
    private final SpoolFiles files;
    private final int memoryLimit;
    private final Listener listener;

    private @Nullable ByteBuf memory;
    /** They follow {@link #memory}, each behind one that is full. */
    private final List<ByteBuf> blocks = new ArrayList<>(0);

    private long memorySize;
    private long memoryRead;
    private long fileSize;
    private long fileRead;
    private long backlog;
    private boolean failed;
    private boolean released;
    /** Touched by the file thread only. */
    private @Nullable FileChannel file;

    Spool(EventExecutor loop, SpoolFiles files, int memoryLimit, Listener listener) {
        this.loop = loop;
        this.files = files;
        this.memoryLimit = memoryLimit;
        this.listener = listener;
    }

    /** All bytes that have not been read (since the last {@link #rewind}). */
    long unread() {
        return memorySize - memoryRead + fileSize - fileRead;
    }

    /** All bytes that were appended. */
    long size() {
        return memorySize + fileSize;
    }

    /** The bytes handed to the file thread that are not on disk yet: what the sender must wait for. */
    long backlog() {
        return backlog;
    }

    /** Whether a {@link #read} would bring the whole rest of the content, and at once. */
    boolean isInMemory() {
        return fileSize == fileRead && blocks.isEmpty();
    }

    /** Appends the readable bytes of {@code bytes}; the caller keeps the buffer. */
    void append(ByteBuf bytes) {
        append(bytes, bytes.readableBytes());
    }

    /** Appends the next {@code length} of the readable bytes; the caller keeps the buffer, as it is. */
    void append(ByteBuf bytes, int length) {
        if (released || failed || length == 0) {
            return;
        }
        if (fileSize == 0 && hasRoom(length)) {
            keep(bytes, length);
        } else {
            appendToFile(bytes.retainedSlice(bytes.readerIndex(), length), length);
        }
    }

    /** Whether there is memory for so much, or more of it to be had. */
    private boolean hasRoom(int length) {
        while (memoryLimit + (long) blocks.size() * SpoolMemory.BLOCK - memorySize < length) {
            if ((blocks.size() + 1) * SpoolMemory.BLOCK > SpoolMemory.MOST
                    || !files.memory().hasBlock()) {
                return false;
            }
            blocks.add(PooledByteBufAllocator.DEFAULT.directBuffer(SpoolMemory.BLOCK, SpoolMemory.BLOCK));
            files.memory().take();
        }
        return true;
    }

    private void keep(ByteBuf bytes, int length) {
        int from = bytes.readerIndex();
        int rest = length;
        while (rest > 0) {
            ByteBuf block = blockAt(memorySize, length);
            int part = Math.min(rest, block.maxCapacity() - block.writerIndex());
            block.writeBytes(bytes, from, part);
            memorySize += part;
            from += part;
            rest -= part;
        }
    }

    /** The one in which that byte lies, or will lie. */
    private ByteBuf blockAt(long position, int length) {
        if (position >= memoryLimit) {
            return blocks.get((int) ((position - memoryLimit) / SpoolMemory.BLOCK));
        }
        if (memory == null) {
            int size = length >= LARGE ? memoryLimit : Math.max(length, FIRST_SIZE);
            memory = PooledByteBufAllocator.DEFAULT.directBuffer(Math.min(size, memoryLimit), memoryLimit);
        }
        return memory;
    }

    private void appendToFile(ByteBuf bytes, int length) {
        long at = fileSize;
        fileSize += length;
        backlog += length;
        files.execute(() -> {
            IOException error = writeFully(bytes, at);
            bytes.release();
            loop.execute(() -> wrote(length, error));
        });
    }

    private @Nullable IOException writeFully(ByteBuf bytes, long at) {
        try {
            if (file == null) {
                file = files.create();
            }
            long position = at;
            while (bytes.isReadable()) {
                position += bytes.readBytes(file, position, bytes.readableBytes());
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void wrote(int length, @Nullable IOException error) {
        backlog -= length;
        if (error != null) {
            fail(error);
        } else if (backlog == 0 && !released) {
            listener.written();
        }
    }

    private void fail(IOException error) {
        if (!failed && !released) {
            failed = true;
            listener.failed(files.explained(error));
        }
    }

    /**
     * Reads on from where the last read ended: calls {@code reader} with some bytes, which it owns then, now or later,
     * or never when the spool fails or is released before. There must be something {@link #unread}.
     */
    void read(Consumer<ByteBuf> reader) {
        if (memoryRead < memorySize) {
            ByteBuf slice = sliceAt(memoryRead);
            memoryRead += slice.readableBytes();
            reader.accept(slice);
            return;
        }
        int length = (int) Math.min(FILE_READ, fileSize - fileRead);
        long at = fileRead;
        fileRead += length;
        files.execute(() -> {
            ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length);
            IOException error = readFully(bytes, at, length);
            loop.execute(() -> {
                if (error != null) {
                    bytes.release();
                    fail(error);
                } else if (released) {
                    bytes.release();
                } else {
                    reader.accept(bytes);
                }
            });
        });
    }

    /** What has not been read of the block in which that byte lies. */
    private ByteBuf sliceAt(long position) {
        ByteBuf block = blockAt(position, 0);
        int from = (int) (position < memoryLimit ? position : (position - memoryLimit) % SpoolMemory.BLOCK);
        return block.retainedSlice(from, block.writerIndex() - from);
    }

    private @Nullable IOException readFully(ByteBuf bytes, long at, int length) {
        FileChannel from = file;
        if (from == null) {
            return new IOException("the temporary file is gone");
        }
        try {
            while (bytes.readableBytes() < length) {
                int got = bytes.writeBytes(from, at + bytes.readableBytes(), length - bytes.readableBytes());
                if (got < 0) {
                    return new IOException("the temporary file is shorter than what was written to it");
                }
            }
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** The next read starts from the first byte again. With no read under way. */
    void rewind() {
        memoryRead = 0;
        fileRead = 0;
    }

    /** Frees memory and file. Releasing twice is harmless. */
    void release() {
        if (released) {
            return;
        }
        released = true;
        if (memory != null) {
            memory.release();
            memory = null;
        }
        blocks.forEach(ByteBuf::release);
        files.memory().giveBack(blocks.size());
        blocks.clear();
        if (fileSize > 0) {
            files.execute(this::closeFile);
        }
    }

    private void closeFile() {
        try {
            if (file != null) {
                file.close();
                file = null;
            }
        } catch (IOException e) {
            // Its name is gone already; the kernel frees the space.
        }
    }
}
