{{- define "farm.labels" -}}
app.kubernetes.io/name: farm
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "farm.selector" -}}
app.kubernetes.io/name: farm
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "farm.tag" -}}
{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "farm.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ default .Release.Name .Values.serviceAccount.name }}
{{- else -}}
{{ default "default" .Values.serviceAccount.name }}
{{- end -}}
{{- end -}}

{{- define "farm.pod.security" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "farm.container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "farm.env.redis" -}}
- name: Farm__Cluster__Redis
  valueFrom:
    secretKeyRef:
      name: {{ default (printf "%s-redis" .Release.Name) .Values.redis.existingSecret }}
      key: connection-string
{{- end -}}

{{- define "farm.env.database" -}}
- name: Farm__Database__ConnectionString
  valueFrom:
    secretKeyRef:
      name: {{ default (printf "%s-postgresql" .Release.Name) .Values.postgresql.existingSecret }}
      key: connection-string
{{- end -}}

{{- define "farm.env.storage" -}}
{{- if eq .Values.storage.kind "s3" -}}
- name: Farm__Storage__S3__AccessKey
  valueFrom:
    secretKeyRef:
      name: {{ required "storage.s3.existingSecret names the secret with access-key and secret-key" .Values.storage.s3.existingSecret }}
      key: access-key
- name: Farm__Storage__S3__SecretKey
  valueFrom:
    secretKeyRef:
      name: {{ .Values.storage.s3.existingSecret }}
      key: secret-key
{{- end -}}
{{- end -}}

{{- define "farm.security.secret" -}}
{{- if .Values.security.existingSecret -}}
{{ .Values.security.existingSecret }}
{{- else if .Values.security.bootstrapKey -}}
{{ .Release.Name }}-security
{{- end -}}
{{- end -}}

{{- define "farm.env.security" -}}
{{- if .Values.security.allowOpen -}}
- name: Farm__Security__AllowOpen
  value: "true"
{{- else if include "farm.security.secret" . -}}
- name: Farm__Security__BootstrapKey
  valueFrom:
    secretKeyRef:
      name: {{ include "farm.security.secret" . }}
      key: bootstrap-key
{{- else -}}
- name: Farm__Security__Require
  value: {{ if required "security.existingSecret, security.bootstrapKey, security.oidc.authority or security.allowOpen says who is let in" .Values.security.oidc.authority }}"true"{{ end }}
{{- end }}
{{- range $index, $proxy := .Values.security.proxies }}
- name: Farm__Security__Proxies__{{ $index }}
  value: {{ $proxy | quote }}
{{- end }}
{{- if .Values.security.oidc.authority }}
- name: Farm__Security__Oidc__Authority
  value: {{ .Values.security.oidc.authority | quote }}
- name: Farm__Security__Oidc__Audience
  value: {{ required "security.oidc.audience is the audience that tokens name" .Values.security.oidc.audience | quote }}
- name: Farm__Security__Oidc__TenantClaim
  value: {{ .Values.security.oidc.tenantClaim | quote }}
- name: Farm__Security__Oidc__ScopesClaim
  value: {{ .Values.security.oidc.scopesClaim | quote }}
- name: Farm__Security__Oidc__ClientId
  value: {{ .Values.security.oidc.clientId | quote }}
{{- if .Values.security.oidc.clientSecret }}
- name: Farm__Security__Oidc__ClientSecret
  valueFrom:
    secretKeyRef:
      name: {{ .Values.security.oidc.clientSecret }}
      key: client-secret
{{- end }}
{{- end }}
{{- end -}}

{{- define "farm.env.address" -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: Farm__Cluster__AdvertisedAddress
  value: $(POD_IP)
{{- end -}}

{{- define "farm.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: management}
  periodSeconds: 2
  failureThreshold: 90
livenessProbe:
  httpGet: {path: /livez, port: management}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: management}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end -}}

{{- define "farm.volumes" -}}
- name: tmp
  emptyDir: {}
- name: data
{{- if eq .Values.storage.kind "shared" }}
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-files" .Release.Name) .Values.storage.shared.existingClaim }}
{{- else }}
  emptyDir:
    sizeLimit: {{ .Values.storage.s3.cacheSize }}
{{- end }}
{{- end -}}

{{- define "farm.volumes.models" -}}
- name: models
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-models" .Release.Name) .Values.models.existingClaim }}
{{- end -}}

{{- define "farm.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /data
{{- end -}}

{{- define "farm.mounts.models" -}}
- name: models
  mountPath: /data/models
  readOnly: {{ .Values.models.readOnly }}
{{- end -}}
