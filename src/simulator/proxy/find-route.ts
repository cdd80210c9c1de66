/**
 * The upstream of a host: the full host name first, then the one label left after the tunnel domain
 * is stripped (facts 4.1). A port in the host does not count.
 */
export function findRoute<T>(
  host: string,
  routes: ReadonlyMap<string, T>,
  tunnelDomain: string,
): T | undefined {
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const whole = routes.get(name);
  if (whole !== undefined || tunnelDomain === '' || !name.endsWith(`.${tunnelDomain}`))
    return whole;
  return routes.get(name.slice(0, -tunnelDomain.length - 1));
}
