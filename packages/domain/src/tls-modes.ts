/** The ways of TLS that people choose from, apart from the schemas, so that a page can name them without a validator. */
export const mailTlsModes = ['tls', 'starttls', 'none'] as const

export const clientTlsModes = ['off', 'optional', 'required'] as const
export const serverTlsModes = ['off', 'require', 'verify-ca', 'verify-full'] as const
export const clientCertificateModes = ['none', 'verify-ca', 'verify-full'] as const
