/** Integration tests: the built distribution as a process of its own, real web servers, real applications. */
@NullMarked
package io.gatepool.it;

import org.jspecify.annotations.NullMarked;
