// @stable-canvas/comfyui-client, unchanged: submits a workflow, follows it, fetches the image. Prints what it saw as a line of JSON.
import { readFile } from 'node:fs/promises'
import { Client } from '@stable-canvas/comfyui-client'
import WebSocket from 'ws'

const [address, file] = process.argv.slice(2)
const graph = JSON.parse(await readFile(file, 'utf8'))
const client = new Client({ api_host: new URL(address).host, WebSocket, fetch })
await client.connect()
const seen = []
const result = await client.enqueue(graph, { progress: () => seen.push('progress') })
seen.push('finished')
const found = result.images[0]
const bytes = found.type === 'buff' ? Buffer.from(found.data) : Buffer.from(await (await fetch(found.data)).arrayBuffer())
console.log(JSON.stringify({ seen: [...new Set(seen)], image: bytes.toString('base64') }))
process.exit(0)
