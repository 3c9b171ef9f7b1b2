@NullMarked
package io.gatepool.compare;

import org.jspecify.annotations.NullMarked;
