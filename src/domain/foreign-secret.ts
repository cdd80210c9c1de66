/** Text beyond this is not looked at: keeps the work bounded whatever is pasted. */
const examinedCharacters = 65_536;

/** An identifier is short; longer text is never one. */
const longestIdentifier = 300;

type Pattern = readonly [RegExp, string];

/**
 * Credentials, found anywhere in the text (`export ANTHROPIC_API_KEY=sk-ant-…` counts), most telling
 * first. Every expression runs in linear time: a repeated class is entered only at its beginning.
 */
const credentials: readonly Pattern[] = [
  [
    /-----BEGIN ARGO TUNNEL TOKEN-----/,
    'a Cloudflare origin certificate (cert.pem, made by "cloudflared tunnel login")',
  ],
  [/"private_key"\s*:\s*"-----BEGIN/, "a Google service account's key file"],
  [/-----BEGIN OPENSSH PRIVATE KEY-----/, 'an SSH private key'],
  [/-----BEGIN PGP /, 'a PGP block'],
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/, 'a private key in PEM form'],
  [/-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/, 'a certificate request in PEM form'],
  [/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/, 'a certificate in PEM form'],
  [/-----BEGIN [A-Z0-9 ]{1,40}-----/, 'a PEM block'],
  [/(?<![A-Za-z0-9+/])LS0tLS1CRUdJTi/, 'a PEM file encoded in base64'],
  [/sk-ant-admin/, 'an Anthropic Admin API key (sk-ant-admin…)'],
  [/sk-ant-oat/, 'an Anthropic OAuth access token (sk-ant-oat…)'],
  [/sk-ant-ort/, 'an Anthropic OAuth refresh token (sk-ant-ort…)'],
  [/sk-ant-api/, 'an Anthropic API key (sk-ant-api…)'],
  [/sk-ant-/, 'an Anthropic key (sk-ant-…)'],
  [/"(?:AccountTag|TunnelSecret)"\s*:/, 'a cloudflared credentials file (<tunnel-id>.json)'],
  [
    /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/,
    'a JWT (three parts joined by dots, such as an OIDC or service account token)',
  ],
  [/(?<![A-Za-z0-9_])(?:gh[opusr]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20})/, 'a GitHub token'],
  [/(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{16}/, 'a GitLab token'],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/, 'an AWS access key'],
  [/(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}/, 'a Google API key'],
  [/(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20}/, 'a Google access token'],
  [/(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10}/, 'a Slack token'],
  [/(?<![A-Za-z0-9_])[rs]k_(?:live|test)_[A-Za-z0-9]{16}/, 'a Stripe key'],
  [/(?<![A-Za-z0-9_])dckr_pat_[A-Za-z0-9_-]{16}/, 'a Docker access token'],
  [/(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{30}/, 'an npm token'],
  [/(?<![A-Za-z0-9])hvs\.[A-Za-z0-9_-]{20}/, 'a Vault token'],
  [/(?<![A-Za-z0-9_-])sk-(?:proj-)?[A-Za-z0-9_-]{20}/, 'an API key (sk-…)'],
];

/** Not secret, but an answer to another question; only when it is the whole text. Ids: facts 1.1, 2. */
const identifiers: readonly Pattern[] = [
  [/^tnl_[A-Za-z0-9]+$/, "a tunnel's ID (tnl_…)"],
  [/^tcrt_[A-Za-z0-9]+$/, "a tunnel certificate's ID (tcrt_…)"],
  [/^fdrl_[A-Za-z0-9]+$/, "a federation rule's ID (fdrl_…)"],
  [/^wrkspc_[A-Za-z0-9]+$/, "a workspace's ID (wrkspc_…)"],
  [/^svac_[A-Za-z0-9]+$/, "a service account's ID (svac_…)"],
  [
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    "a bare UUID (such as a tunnel's or an organization's ID)",
  ],
  [
    /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i,
    "64 hexadecimal digits (such as a certificate's fingerprint)",
  ],
  [
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?[a-z0-9*.-]+\.tunnel\.anthropic\.com\.?(?:[:/]\S*)?$/i,
    'a tunnel domain',
  ],
];

/** Names a credential that is not a tunnel token, wherever it stands in the text; undefined if none is seen. */
export function nameCredential(text: string): string | undefined {
  return firstMatch(credentials, text.slice(0, examinedCharacters));
}

/**
 * Names text that belongs elsewhere, as a noun phrase ("an Anthropic API key (sk-ant-api…)"): another
 * kind of secret anywhere in it, or an identifier or domain that is the whole of it. Never holds a
 * piece of the text. A tunnel token itself is not named. Looks at the first 64 Ki characters only.
 */
export function nameForeignSecret(text: string): string | undefined {
  const credential = nameCredential(text);
  if (credential !== undefined) return credential;
  const whole = text.trim();
  return whole.length > longestIdentifier ? undefined : firstMatch(identifiers, whole);
}

/**
 * Names the JSON object that base64 turned out to hold, when it is known and not a tunnel token:
 * all of these begin with `eyJ` as a tunnel token does. Looks at the keys only.
 */
export function nameForeignJson(object: object): string | undefined {
  const has = (key: string): boolean => Object.hasOwn(object, key);
  if (has('AccountTag') || has('TunnelSecret')) return 'a cloudflared credentials file in base64';
  if (has('apiToken') && (has('zoneID') || has('accountID'))) {
    return 'the inside of a Cloudflare origin certificate (cert.pem)';
  }
  if (has('alg')) return 'the first part of a JWT';
  if (has('iss') || has('aud')) return 'the middle part of a JWT';
  if (has('private_key')) return "a Google service account's key file in base64";
  return undefined;
}

function firstMatch(patterns: readonly Pattern[], text: string): string | undefined {
  return patterns.find(([pattern]) => pattern.test(text))?.[1];
}
