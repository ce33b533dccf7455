// @saintno/comfyui-sdk, unchanged: submits a workflow, follows it, fetches the image. Prints what it saw as a line of JSON.
import { readFile } from 'node:fs/promises'
import { CallWrapper, ComfyApi, PromptBuilder } from '@saintno/comfyui-sdk'
import WebSocket from 'ws'

const [address, file] = process.argv.slice(2)
const graph = JSON.parse(await readFile(file, 'utf8'))
const output = Object.keys(graph).find(id => graph[id].class_type === 'SaveImage')
const api = new ComfyApi(address, undefined, { customWebSocketImpl: WebSocket }).init()
await api.waitForReady()
const seen = []
const result = await new CallWrapper(api, new PromptBuilder(graph, [], ['image']).setOutputNode('image', output))
  .onPending(() => seen.push('pending'))
  .onStart(() => seen.push('start'))
  .onProgress(() => seen.push('progress'))
  .onFinished(() => seen.push('finished'))
  .onFailed(error => { throw error })
  .run()
const image = await api.getImage(result.image.images[0])
console.log(JSON.stringify({ seen: [...new Set(seen)], image: Buffer.from(await image.arrayBuffer()).toString('base64') }))
process.exit(0)
