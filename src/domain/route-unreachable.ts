import type { Upstream } from './upstream.ts';

interface Meaning {
  readonly found: string;
  readonly fix: string;
}

/** OpenSSL's and Node's codes for a chain that ends in no CA they know. */
const unknownCa = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
];
const outOfTime = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
const noWay = ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'EACCES', 'EPERM'];
const noName = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'ENODATA'];

function tlsMeaning({ host }: Upstream, code: string, caConfigured: boolean): Meaning | undefined {
  if (unknownCa.includes(code)) {
    return {
      found: `its certificate is signed by a CA that is not known (${code})`,
      fix: caConfigured
        ? 'The CA that was given (upstream.tls.caFile) did not sign this certificate, or the server does not send its intermediate certificates.'
        : 'Give the CA that signed it as PEM: upstream.tls.caFile in the answers file, or --upstream-ca FILE.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      found: `its certificate is not for ${host} (${code})`,
      fix: 'Name the server in the route as its certificate does, or give it a certificate with this name.',
    };
  }
  if (outOfTime.includes(code)) {
    return {
      found: `its certificate is expired or not yet valid (${code})`,
      fix: 'Renew the certificate of the upstream, and compare the clocks of both machines.',
    };
  }
  if (/^(ERR_SSL_|EPROTO$|ERR_TLS_|CERT_|UNABLE_TO_)/.test(code)) {
    return {
      found: `TLS with it fails (${code})`,
      fix: 'If the server speaks plain HTTP, write http:// in the route.',
    };
  }
  return undefined;
}

function nameMeaning({ host }: Upstream, code: string): Meaning {
  const found = `the name ${host} does not resolve here (${code})`;
  if (!host.includes('.')) {
    return {
      found,
      fix: `If ${host} is a service in docker-compose.yaml, this is as it should be while that service has no address: its name exists only inside the stack's network. Otherwise use a full DNS name or an IPv4 address.`,
    };
  }
  return {
    found,
    fix: 'Check the name. Containers ask DNS and do not read /etc/hosts of this host.',
  };
}

/**
 * Explains an errno or TLS code of a connection to an upstream: what was found, and what to do about
 * it. Pure; any code is explained somehow.
 */
export function explainUnreachable(
  upstream: Upstream,
  code: string,
  caConfigured: boolean,
): Meaning {
  const { host, port } = upstream;
  const tls = tlsMeaning(upstream, code, caConfigured);
  if (tls !== undefined) return tls;
  if (noName.includes(code)) return nameMeaning(upstream, code);
  if (code === 'ECONNREFUSED') {
    return {
      found: `nothing listens at ${host}:${port} (${code})`,
      fix: `Start the server. If it runs, it may listen on 127.0.0.1 only: let it listen on 0.0.0.0 or on the address that the route names. To see: ss -ltn 'sport = :${port}'`,
    };
  }
  if (noWay.includes(code)) {
    return {
      found: `there is no way to ${host}:${port} (${code})`,
      fix: `Allow TCP to ${host}:${port} in the firewalls between this host and the server, and check the route to it: ip route get ${upstream.address ?? 'ADDRESS'}`,
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return {
      found: `${host}:${port} closes the connection (${code})`,
      fix:
        upstream.scheme === 'http'
          ? 'If the server speaks TLS, write https:// in the route. Otherwise read its log.'
          : 'Read the log of the server.',
    };
  }
  return {
    found: `${host}:${port} was not reached (${code})`,
    fix: 'Check that the server runs and that its host and port are right.',
  };
}
