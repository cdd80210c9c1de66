import { defaultImages, type Images } from '../../src/domain/images.ts';

/** Stacks that nobody's program has written: the guide's of two dates, and the plugin's (facts 4.3, 4.6). */
export const variants = ['guide', 'former-guide', 'plugin'] as const;
export type Variant = (typeof variants)[number];

export interface HandMade {
  readonly domain: string;
  readonly images?: Partial<Images>;
  /** Text of `TUNNEL_TOKEN` in `.env`; without: it is exported in a shell. */
  readonly token?: string;
  /** What pip installs for the sample server; the guide's today breaks with what that is now. */
  readonly requirement?: string;
}

/** The files of such a stack by their paths, all but keys and certificates. */
export function handMadeFiles(variant: Variant, made: HandMade): Readonly<Record<string, string>> {
  const images = { ...defaultImages, ...made.images };
  const name = variant === 'former-guide' ? 'mcp-gateway' : 'mcp-proxy';
  const compose = { guide, 'former-guide': formerGuide, plugin }[variant];
  const { domain, token, requirement = 'mcp' } = made;
  const env =
    variant === 'plugin'
      ? `TUNNEL_DOMAIN=${domain}\n${token === undefined ? '' : `TUNNEL_TOKEN=${token}\n`}`
      : token && `# The token of our tunnel.\nTUNNEL_TOKEN=${token}\n`;
  return {
    [variant === 'former-guide' ? 'compose.yaml' : 'docker-compose.yaml']: compose(
      images,
      requirement,
    ),
    [`config/${name}.yaml`]: config(domain),
    'data/tls.ext': extensions(domain),
    'hello_server.py': server,
    ...(env === undefined || env === '' ? {} : { '.env': env }),
    ...(variant === 'plugin' ? { '.gitignore': '.env\ndata/\n' } : {}),
  };
}

/** Name of the proxy's service, and where its configuration lies. */
export function namesOf(variant: Variant): { readonly service: string; readonly config: string } {
  const service = variant === 'former-guide' ? 'mcp-gateway' : 'mcp-proxy';
  return { service, config: `config/${service}.yaml` };
}

const sample = (image: string, requirement: string) => `
  hello-mcp:
    image: ${image}
    working_dir: /app
    volumes:
      - ./hello_server.py:/app/hello_server.py:ro
    command: sh -c "pip install --quiet ${requirement} && python hello_server.py"
    restart: unless-stopped
`;

const hardened = `    user: "65532:65532"
    read_only: true
    security_opt:
      - no-new-privileges:true
    cap_drop:
      - ALL
    stop_grace_period: 30s
    logging:
      options:
        max-size: "10m"
        max-file: "3"
`;

/** Deploy with Docker Compose, 2026-05-22 and later. */
const guide = ({ proxy, cloudflared, sample: python }: Images, requirement: string) => `services:
  # Our tunnel's agent.
  cloudflared:
    image: ${cloudflared}
    command: tunnel --no-autoupdate run --url http://localhost:8080
    environment:
      - TUNNEL_TOKEN
    # Share the proxy's netns so localhost:8080 reaches it.
    network_mode: "service:mcp-proxy"
    restart: unless-stopped
${hardened}
  mcp-proxy:
    image: ${proxy}
    volumes:
      - ./config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro
      - ./data:/data:ro
    restart: unless-stopped
${hardened}${sample(python, requirement)}`;

/** The quickstart before 2026-05-22. */
const formerGuide = (
  { proxy, cloudflared, sample: python }: Images,
  requirement: string,
) => `services:
  mcp-gateway: # ends the inner TLS
    image: ${proxy}
    volumes:
      - ./config/mcp-gateway.yaml:/etc/mcp-gateway/config.yaml:ro
      - ./data:/data:ro
    restart: unless-stopped

  cloudflared:
    image: ${cloudflared}
    command: tunnel --no-autoupdate run --url http://localhost:8080
    environment:
      - TUNNEL_TOKEN
    network_mode: "service:mcp-gateway"
    restart: unless-stopped
${sample(python, requirement)}`;

/** Anthropic's Claude Code plugin, 2026-05-21. */
const plugin = ({ proxy, cloudflared, sample: python }: Images, requirement: string) => `services:
  mcp-proxy:
    image: ${proxy}
    command: ["-config", "/etc/mcp-proxy/config.yaml"]
    volumes:
      - ./config/mcp-proxy.yaml:/etc/mcp-proxy/config.yaml:ro
      - ./data:/data:ro
    restart: unless-stopped

  cloudflared:
    image: ${cloudflared}
    command: tunnel --no-autoupdate run --url http://localhost:8080
    environment:
      - TUNNEL_TOKEN
    network_mode: "service:mcp-proxy"
    restart: unless-stopped
${sample(python, requirement)}`;

const config = (domain: string) => `listen_addr: ":8080"
log_level: info
tunnel_domain: ${domain}
tls:
  cert_file: /data/tls.crt
  key_file: /data/tls.key
routes:
  # For trying it out.
  echo: http://hello-mcp:9000
`;

const extensions = (domain: string) => `subjectAltName = DNS:${domain},DNS:*.${domain}
authorityKeyIdentifier = keyid,issuer
extendedKeyUsage = serverAuth
`;

const server = `from mcp.server.fastmcp import FastMCP

mcp = FastMCP("hello-server", host="0.0.0.0", port=9000)


@mcp.tool()
def hello(name: str = "world") -> str:
    """Say hello to someone."""
    return f"Hello, {name}!"


if __name__ == "__main__":
    mcp.run(transport="streamable-http")
`;
