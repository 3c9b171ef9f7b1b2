package io.gatepool.server;

import io.gatepool.config.Listen;
import io.gatepool.process.User;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The file of a Unix socket that gatepool itself binds: what may lie in its place, and whose it is. */
final class SocketFile {

    private SocketFile() {}

    /** A socket file that nobody answers on is a leftover and goes; anything else stays. */
    static void clearTheWay(Path path) throws StartFailure {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & 0170000) != 0140000) {
                throw new StartFailure(path + " is there and is no socket; remove it, or listen elsewhere");
            }
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(UnixDomainSocketAddress.of(path));
                throw new StartFailure("somebody is listening on " + path + " already; stop it, or listen elsewhere");
            } catch (ConnectException nobodyAnswers) {
                // Only a refusal says so: no permission, or a full backlog, is somebody.
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new StartFailure("cannot replace the socket " + path + ": " + e);
        }
    }

    /** As php-fpm does it: the socket belongs to the application's user and group, unless told otherwise. */
    static void grant(Path path, Listen listen, Optional<String> user) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        UserPrincipalLookupService names = path.getFileSystem().getUserPrincipalLookupService();
        Optional<User> owner = listen.owner().or(() -> user).flatMap(User::named);
        if (owner.isPresent()) {
            view.setOwner(names.lookupPrincipalByName(owner.get().name()));
            Files.setAttribute(path, "unix:gid", owner.get().gid());
        }
        if (listen.group().isPresent()) {
            view.setGroup(names.lookupPrincipalByGroupName(listen.group().get()));
        }
        view.setPermissions(permissions(listen.mode()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromHighBit = PosixFilePermission.values();
        for (int bit = 0; bit < fromHighBit.length; bit++) {
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(fromHighBit[bit]);
            }
        }
        return permissions;
    }

    static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A stale socket file: the next start replaces it.
        }
    }
}
