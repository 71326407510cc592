"""Pages of groups, for members and for guests without an account."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import member_only
from recommender.groups import guests, membership
from recommender.groups.access import members_only, owner_only, with_group
from recommender.groups.forms import GroupForm, GuestForm, RuleForm
from recommender.groups.presentation import RULE_DESCRIPTIONS, pick_rows
from recommender.groups.rate_limits import GuestsPerAddress
from recommender.groups.recommend import recommend_to_group
from recommender.models import Group, Member


@require_safe
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    return _index(request, GroupForm())


@require_POST
@member_only
def make(request: HttpRequest) -> HttpResponse:
    form = GroupForm(request.POST)
    if not form.is_valid():
        return _index(request, form, status=422)
    try:
        return redirect(membership.create(request.user, **form.cleaned_data))
    except membership.Refused as refused:
        messages.error(request, str(refused))
        return redirect("together:index")


@require_safe
@with_group
def group(request: HttpRequest, group: Group, member: Member | None) -> HttpResponse:
    if member is None:
        guest = guests.guest_in_session(request)
        return _invitation(request, group, GuestForm(initial=guest and {"name": guest.name}))
    members = list(group.members.present())
    picks = recommend_to_group(members, group.rule, asking=member)
    context = {
        "group": group,
        "you": member,
        "members": members,
        "is_owner": member.user_id == group.owner_id,
        "link": request.build_absolute_uri(group.get_absolute_url()),
        "rules": [(key, label, RULE_DESCRIPTIONS[key]) for key, label in Group.Rule.choices],
        "rule_words": RULE_DESCRIPTIONS[group.rule],
        "picks": picks,
        "rows": pick_rows(picks, member, request.user),
    }
    return render(request, "recommender/groups/group.html", context)


@require_POST
@with_group
def join(request: HttpRequest, group: Group, member: Member | None) -> HttpResponse:
    if member:
        return redirect(group)
    try:
        if request.user.is_authenticated:
            membership.join(group, request.user)
            return redirect(group)
        return _join_as_guest(request, group)
    except membership.Refused as refused:
        messages.error(request, str(refused))
        return redirect(group)


def _join_as_guest(request: HttpRequest, group: Group) -> HttpResponse:
    form = GuestForm(request.POST)
    if not form.is_valid():
        return _invitation(request, group, form, status=422)
    if not GuestsPerAddress().allow_request(request, None):
        raise membership.Refused(
            _("Too many guests have joined from your network. Try again in an hour, or sign up.")
        )
    known = guests.guest_in_session(request)
    member = membership.join_as_guest(group, form.cleaned_data["name"], known)
    guests.set_guest_in_session(request, member.guest)
    return redirect(group) if known else redirect("together:rate", token=group.token)


@require_POST
@members_only
def leave(request: HttpRequest, group: Group, member: Member) -> HttpResponse:
    try:
        membership.leave(member)
    except membership.Refused as refused:
        messages.error(request, str(refused))
        return redirect(group)
    messages.success(request, _("You've left %(name)s.") % {"name": group.name})
    return redirect("together:index")


@require_POST
@owner_only
def rule(request: HttpRequest, group: Group) -> HttpResponse:
    form = RuleForm(request.POST)
    if form.is_valid():
        group.rule = form.cleaned_data["rule"]
        group.save(update_fields=["rule"])
    else:
        messages.error(request, _("That isn't one of the rules."))
    return redirect(group)


@require_POST
@owner_only
def invitation(request: HttpRequest, group: Group) -> HttpResponse:
    if request.POST.get("end"):
        membership.end_invitation(group)
        messages.success(request, _("The invitation has ended, so nobody else can join."))
    else:
        membership.renew_invitation(group)
        messages.success(request, _("Here's your new link. The old one no longer works."))
    return redirect(group)


@require_POST
@owner_only
def remove(request: HttpRequest, group: Group) -> HttpResponse:
    wanted = request.POST.get("member", "")
    member = group.members.filter(pk=int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0)
    member = member.select_related("group", "user", "guest").first()
    if member is None:
        messages.error(request, _("That person has already left."))
        return redirect(group)
    try:
        membership.remove(member)
    except membership.Refused as refused:
        messages.error(request, str(refused))
        return redirect(group)
    text = _("%(name)s has been removed. The old link no longer works.") % {"name": member.name}
    messages.success(request, text)
    return redirect(member.group)


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def delete(request: HttpRequest, group: Group) -> HttpResponse:
    if request.method != "POST":
        return render(request, "recommender/groups/delete.html", {"group": group})
    membership.delete(group)
    messages.success(request, _("%(name)s has been deleted.") % {"name": group.name})
    return redirect("together:index")


def _index(request: HttpRequest, form: GroupForm, status: int = 200) -> HttpResponse:
    guest, groups = guests.guest_in_session(request), Group.objects.none()
    if request.user.is_authenticated:
        groups = Group.objects.with_user(request.user)
    elif guest:
        groups = Group.objects.with_guest(guest)
    present = Prefetch("members", Member.objects.present())
    context = {
        "groups": groups.newest_first().prefetch_related(present),
        "form": form,
        "guest": guest,
        "rules": [(key, label, RULE_DESCRIPTIONS[key]) for key, label in Group.Rule.choices],
    }
    return render(request, "recommender/groups/index.html", context, status=status)


def _invitation(
    request: HttpRequest, group: Group, form: GuestForm, status: int = 200
) -> HttpResponse:
    context = {"group": group, "form": form, "guest": guests.guest_in_session(request)}
    if group.invites:
        return render(request, "recommender/groups/invitation.html", context, status=status)
    return render(request, "recommender/groups/ended.html", context, status=410)
