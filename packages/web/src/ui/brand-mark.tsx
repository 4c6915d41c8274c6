import type { ReactNode } from 'react'

/** The product's sign: the letter aleph in a square. */
export function BrandMark({ size = 22 }: { size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
      style={{ flex: 'none' }}
    >
      <rect width="32" height="32" rx="7" fill="#4558d8" />
      <path d="M9 9.5 23 22.5" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
      <path
        d="M21.4 9.2c0 3.6-1.4 5.4-3.6 7.2M10.6 22.8c0-3.6 1.4-5.4 3.6-7.2"
        stroke="#b9c5ff"
        strokeWidth="3.4"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  )
}
