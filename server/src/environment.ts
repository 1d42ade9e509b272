/**
 * The environment variables that the relay reads, their forms and their defaults; each message completes a sentence
 * that begins with the variable's name. Not concerned with which ones a mode needs: `config.ts` is.
 */
import { z } from 'zod'

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://pli.example.be' })
  .refine((text) => !URL.canParse(text) || new URL(text).href === `${new URL(text).origin}/`, {
    error: 'must be an origin without a path, such as https://pli.example.be',
  })
  .transform((text) => new URL(text).origin)

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const hostAndPort = z
  .string()
  .toLowerCase()
  .regex(/^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/, {
    error: 'must be hosts such as push.example.be:8443',
  })

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/, { error: `must be a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => value >= min && value <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
}

export const environment = z.object({
  PLI_MODE: z
    .enum(['sandbox', 'production'], { error: 'must be "sandbox" or "production"' })
    .default('production'),
  PORT: wholeNumber(0, 65_535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: origin.optional(),
  DATA_DIR: z.string().default('.data'),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, { error: 'must be an address such as mongodb://db.example.be/pli' })
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/\S+$/, { error: 'must be an address such as redis://redis.example.be:6379' })
    .optional(),
  /** For `secret-files.ts`, as are the others that end so and hold a whole setting. */
  MONGODB_URI_FILE: z.string().optional(),
  REDIS_URL_FILE: z.string().optional(),
  APP_ORIGINS: list.pipe(z.array(origin)).default([]),
  WEB_DIST: z.string().default('web/dist'),
  PHONE_DIST: z.string().default('mobile-pwa/dist'),
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  DRAIN_SECONDS: wholeNumber(0, 300).default(0),
  TRUSTED_PROXIES: wholeNumber(0, 5).default(0),
  OIDC_ISSUER: z.url({ protocol: /^https$/, error: 'must be an https address' }).optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_KEY_FILE: z.string().optional(),
  OIDC_SCOPE: z.string().default('openid profile'),
  TRUST_ROOTS: list.optional(),
  SERVER_CERTIFICATE: z.string().optional(),
  SERVER_CERTIFICATE_KEY_FILE: z.string().optional(),
  DIRECTORY: z
    .enum(['generated', 'synchronised'], { error: 'must be "generated" or "synchronised"' })
    .optional(),
  SSIN_KEY_FILE: z.string().optional(),
  SANDBOX_PEOPLE: wholeNumber(100, 2_000_000).default(20_000),
  SANDBOX_SEED: wholeNumber(0, 999_999_999).default(1),
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:.+@.+|https:\/\/.+)$/, { error: 'must be a mailto: or https: address' })
    .optional(),
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY_FILE: z.string().optional(),
  PUSH_ALLOWED_HOSTS: list.pipe(z.array(hostAndPort)).default([]),
  LINKS_SERVICE_URL: origin.optional(),
  GUARANTOR_PENDING_AT_MOST: wholeNumber(1, 100).default(10),
  GUARANTOR_ACTIVE_AT_MOST: wholeNumber(1, 200).default(20),
  RATE_LIMIT_FACTOR: wholeNumber(1, 100_000).default(1),
  SOURCE_URL: z.url({ error: 'must be an address' }).optional(),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .default('info'),
})
export type Environment = z.output<typeof environment>
