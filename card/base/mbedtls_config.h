/* What the card's own build of mbedTLS 2.28 has and lacks, over the library's
   defaults: no clock, files, sockets or entropy; the NULL and 3DES suites that
   real cards speak; memory by the arena of the session. C, not C++: the library's
   sources include it, too. */

/* A card has no clock, and no world. */
#undef MBEDTLS_HAVE_TIME
#undef MBEDTLS_HAVE_TIME_DATE
#undef MBEDTLS_TIMING_C
#undef MBEDTLS_NET_C
#undef MBEDTLS_FS_IO
#undef MBEDTLS_ENTROPY_C
#undef MBEDTLS_PSA_CRYPTO_C
#undef MBEDTLS_PSA_CRYPTO_STORAGE_C
#undef MBEDTLS_PSA_ITS_FILE_C
#undef MBEDTLS_SELF_TEST
#undef MBEDTLS_DEBUG_C

/* Suites that OMA SCWS and GlobalPlatform Amendment B name. */
#define MBEDTLS_CIPHER_NULL_CIPHER
#define MBEDTLS_ENABLE_WEAK_CIPHERSUITES
#undef MBEDTLS_REMOVE_3DES_CIPHERSUITES

/* TLS over streams only; sessions are kept by the card's own cache, which counts
   uses instead of seconds. */
#undef MBEDTLS_SSL_PROTO_DTLS
#undef MBEDTLS_SSL_DTLS_HELLO_VERIFY
#undef MBEDTLS_SSL_DTLS_CLIENT_PORT_REUSE
#undef MBEDTLS_SSL_DTLS_ANTI_REPLAY
#undef MBEDTLS_SSL_DTLS_BADMAC_LIMIT
#undef MBEDTLS_SSL_DTLS_CONNECTION_ID
#undef MBEDTLS_SSL_DTLS_SRTP
#undef MBEDTLS_SSL_COOKIE_C
#undef MBEDTLS_SSL_CACHE_C
#undef MBEDTLS_SSL_TICKET_C
#undef MBEDTLS_SSL_CONTEXT_SERIALIZATION
#undef MBEDTLS_SSL_RENEGOTIATION

/* Clients send records of full size (RFC 5246 section 6.2.1); ours are smaller. Not
   MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH: with two sizes it cuts both buffers down to
   the smaller one once the handshake is over, and larger records then fail. */
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096

#define MBEDTLS_PLATFORM_MEMORY

/* Tables that would be filled at first use, by whichever thread comes first. */
#define MBEDTLS_AES_ROM_TABLES
