import { Tooltip, type TooltipProps } from '@mantine/core'
import { useMergedRef } from '@mantine/hooks'
import {
  cloneElement,
  useRef,
  useState,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
} from 'react'

type TargetProps = HTMLAttributes<HTMLElement> & { ref?: Ref<never> | undefined }

/** What a hint can explain. */
export type HintTarget = ReactElement<TargetProps>

type HintProps = Omit<TooltipProps, 'children' | 'target' | 'opened'> & {
  /** What is explained; it must not watch the pointer itself. */
  children: HintTarget
}

/** A tooltip that exists only while the mouse is over what it explains: many of them on a page cost nothing. */
export function Hint({ children, ...tooltip }: HintProps): ReactNode {
  const target = useRef<HTMLElement>(null)
  const [isLookedAt, setIsLookedAt] = useState(false)
  const ref = useMergedRef(target, children.props.ref)
  return (
    <>
      {/* The ref is handed on, and not read. */}
      {/* oxlint-disable-next-line react/refs */}
      {cloneElement<TargetProps>(children, {
        ref,
        onPointerEnter: (pointer) => setIsLookedAt(pointer.pointerType === 'mouse'),
        onPointerLeave: () => setIsLookedAt(false),
      })}
      {isLookedAt ? <Tooltip {...tooltip} target={target} opened /> : null}
    </>
  )
}
