/** Names that Go gives to the alerts a client sends when it does not like the certificate. */
const alerts: Readonly<Record<number, string>> = {
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'revoked certificate',
  45: 'expired certificate',
  46: 'unknown certificate',
  48: 'unknown certificate authority',
  70: 'protocol version not supported',
  112: 'unrecognized name',
};

/** The reason of a failed server-side handshake in the words of Go's crypto/tls (facts 4.2). */
export function handshakeErrorText(error: Error): string {
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
  if (alert !== undefined)
    return `remote error: tls: ${alerts[Number(alert)] ?? `alert(${alert})`}`;
  return 'code' in error && error.code === 'ECONNRESET' ? 'EOF' : error.message;
}
