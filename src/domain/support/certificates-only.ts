/** The certificates in a PEM file and nothing else that somebody may have put there, such as a key. */
export function certificatesOnly(text: string): string {
  const found = text.match(
    /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}-----END CERTIFICATE-----/gu,
  );
  return (found ?? []).map((each) => `${each}\n`).join('');
}
