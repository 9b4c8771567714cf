import type { StreamHandler } from '@libp2p/interface'
import { P2PError } from './errors.ts'
import { createRateLimiter, type RateLimiterOptions } from './rateLimiter.ts'

interface WithRegistrar {
  registrar: { handle(protocol: string, handler: StreamHandler, ...rest: never[]): Promise<void> }
}

/**
 * A view of libp2p's components through which one service serves its protocol within a rate per peer. libp2p's
 * stream middleware would do, but 3.3 adds the handler to the list of middleware again at each stream.
 */
export function limitInbound<Components extends WithRegistrar>(
  components: Components,
  protocol: string,
  rate: Pick<RateLimiterOptions, 'perSecond' | 'burst'>,
): Components {
  const limiter = createRateLimiter(rate)

  const limited =
    (handler: StreamHandler): StreamHandler =>
    (stream, connection) => {
      if (limiter.take(connection.remotePeer.toString())) return handler(stream, connection)
      stream.abort(new P2PError('RATE_LIMITED', { message: `Too many streams of ${protocol}` }))
    }

  const registrar = view(
    components.registrar,
    'handle',
    (handle) =>
      ((name: string, handler: StreamHandler, ...rest: never[]) =>
        handle(name, name === protocol ? limited(handler) : handler, ...rest)) as typeof handle,
  )
  return view(components, 'registrar', () => registrar)
}

/** The same object with one property seen differently. */
function view<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  change: (value: Target[Name]) => Target[Name],
): Target {
  return new Proxy(target, {
    get(object, property) {
      const value = Reflect.get(object, property)
      const bound = typeof value === 'function' ? value.bind(object) : value
      return property === name ? change(bound) : bound
    },
  })
}
