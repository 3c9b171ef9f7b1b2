package io.gatepool.it;

/** Real nginx with its sample configuration, in front of the samples and the suite's applications. */
class NginxSuiteIT extends FastCgiSuite {

    NginxSuiteIT() {
        super(FrontServer.NGINX);
    }
}
