"""Keys of the gateway in the admin: made, shown once, limited, watched, revoked."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from arena.clients.keys import NewKey, has_expired, make_key, revoke_key
from arena.clients.models import ApiKey
from arena.generation.quotas import Use, measure_use

from .told import ToldAdmin


class KeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiKey.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(ApiKey.Scope.values),
        help_text="What a caller may do with it.",
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "dollars_per_day", "calls_per_day", "expires_at")

    def clean_dollars_per_day(self) -> Any:
        dollars = self.cleaned_data["dollars_per_day"]
        if dollars is not None and dollars < 0:
            raise forms.ValidationError("A quota is not negative.")
        return dollars


@admin.register(ApiKey)
class ApiKeyAdmin(ToldAdmin):
    form = KeyForm
    list_display = (
        "name",
        "begins_with",
        "standing",
        "may",
        "calls_today",
        "dollars_today",
        "last_used_at",
        "expires_at",
    )
    search_fields = ("name", "prefix")
    readonly_fields = (
        "begins_with",
        "standing",
        "calls_today",
        "dollars_today",
        "created_by",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    actions = ("revoke",)
    list_per_page = 50

    # What is shown ------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        asked = (None, {"fields": KeyForm.Meta.fields})
        if obj is None:
            return [asked]
        return [asked, ("So far", {"fields": self.readonly_fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """A revoked key is over; nothing about it is changed any more."""
        if obj is not None and obj.revoked_at is not None:
            return (*KeyForm.Meta.fields, *self.readonly_fields)
        return self.readonly_fields

    @admin.display(description="begins with", ordering="prefix")
    def begins_with(self, key: ApiKey) -> str:
        return f"{key.prefix}…"

    @admin.display(description="state")
    def standing(self, key: ApiKey) -> str:
        if key.revoked_at is not None:
            return "revoked"
        return "expired" if has_expired(key) else "good"

    @admin.display(description="may")
    def may(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="calls today")
    def calls_today(self, key: ApiKey) -> str:
        used = self._use(key).calls
        return f"{used}" if key.calls_per_day is None else f"{used} of {key.calls_per_day}"

    @admin.display(description="dollars today")
    def dollars_today(self, key: ApiKey) -> str:
        used = f"${self._use(key).dollars:.4f}"
        return used if key.dollars_per_day is None else f"{used} of ${key.dollars_per_day:.2f}"

    def _use(self, key: ApiKey) -> Use:
        """The list has measured all its keys at once; a key alone is measured when it is shown."""
        measured: Use | None = getattr(key, "use_today", None)
        return measured or measure_use([key])[key.pk]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        keys = list(changelist.result_list)
        uses = measure_use(keys)
        for key in keys:
            key.use_today = uses[key.pk]
        changelist.result_list = keys
        return changelist

    # What is done -------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=list(KeyForm.Meta.fields))
            return
        curator = request.user if isinstance(request.user, User) else None
        made = make_key(**form.cleaned_data, created_by=curator)
        # What follows in this request, the log entry for one, speaks of the row that exists now.
        obj.pk, obj.prefix = made.key.pk, made.key.prefix
        request.made_key = made  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the secret in this answer and nowhere else: no message or session keeps it."""
        made: NewKey = request.made_key  # type: ignore[attr-defined]
        context = {
            **self.admin_site.each_context(request),
            "title": "Key made",
            "opts": self.opts,
            "made": made,
        }
        page = TemplateResponse(request, "admin/clients/apikey/made.html", context)
        page["Cache-Control"] = "no-store"
        return page

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke for good", permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: Any) -> None:
        revoked = [key for key in chosen if revoke_key(key)]
        for key in revoked:
            self.log_change(request, key, "Revoked.")
        messages.success(request, f"{len(revoked)} keys revoked: they open nothing any more.")
