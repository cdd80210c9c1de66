import { Secret } from '../../src/domain/secret.ts';
import type { Certificates } from '../../src/ports/certificates.ts';

/** A CA that is valid nowhere; its key was never kept. */
const caPem = `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUAsDccG4qdAE26965xbhtLoVKvlMwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNbWNwLXR1bm5lbC1jYTAeFw0yNjExMjQxMzM3MzdaFw0zNjEx
MjExMzM3MzdaMBgxFjAUBgNVBAMMDW1jcC10dW5uZWwtY2EwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARU+Q67EqJ4vXFLNXHrK8JuWQG69UVUHOW89sTBPynMBwJ4
V1Uj/Tx7RNw62bUE+6SffdtQbhCRv2Eawv6uPyzno2MwYTAdBgNVHQ4EFgQUbSn0
L/gCq8N6BUUgmlxYI4ky/XQwHwYDVR0jBBgwFoAUbSn0L/gCq8N6BUUgmlxYI4ky
/XQwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwCgYIKoZIzj0EAwID
RwAwRAIgO3SRliEwB+28k69VGlxO3OBwG182ulHeZFzU9PzaVRwCIFcvQwUv1+kh
pzOV9h5iamRtlGJhPdTzclAacCcY2unS
-----END CERTIFICATE-----
`;

const unused = () => {
  throw new Error('not part of this scene');
};

/** Makes always the same CA, and only that. */
export const sampleCertificates: Certificates = {
  issueCa: async () => ({ certificate: caPem, key: new Secret('the key of a sample\n') }),
  read: () => ({
    subject: 'CN=mcp-tunnel-ca',
    issuer: 'CN=mcp-tunnel-ca',
    fingerprint: 'aca2725c44c833ba7be0fccef084a8af2c7d2121352e81ffb17cf61ecfb1421f',
    serial: '02c0dc706e2a740136ebdeb9c5b86d2e854abe53',
    notBefore: new Date('2026-11-24T13:37:37Z'),
    notAfter: new Date('2036-11-21T13:37:37Z'),
    isCa: true,
    basicConstraintsCritical: true,
    subjectKeyId: '6d29f42ff802abc37a0545209a5c58238932fd74',
    authorityKeyId: '6d29f42ff802abc37a0545209a5c58238932fd74',
    keyUsage: ['keyCertSign', 'cRLSign'],
    extendedKeyUsage: undefined,
    dnsNames: [],
    key: { kind: 'ec', curve: 'prime256v1' },
    signatureHash: 'sha256',
    selfSigned: true,
    pemBytes: caPem.length,
  }),
  decryptKey: (key) => key,
  matches: () => true,
  isSignedBy: () => true,
  issueServer: unused,
  encryptKey: unused,
};
